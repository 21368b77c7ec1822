using ClusterRas.Ctl.Asking;
using ClusterRas.Ctl.Text;

namespace ClusterRas.Ctl.Watching;

/// <summary>One incident, as it grows.</summary>
internal sealed class IncidentScene(ulong id) : ITopScene
{
    public string Whole => $"rasctl events show {id}";

    public async Task WriteAsync(ReachedNode asked, Page page, CancellationToken stop)
    {
        var incident = await asked.IncidentAsync(id, stop).ConfigureAwait(false);
        new IncidentText(page, new NodeNames(asked.Status)).WriteOne(incident);
    }
}
