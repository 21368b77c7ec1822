using ClusterRas.Ctl.Asking;
using ClusterRas.Ctl.Text;
using ClusterRas.Wire.V1;

namespace ClusterRas.Ctl.Watching;

/// <summary>One incident, as it grows.</summary>
internal sealed class IncidentScene(ulong id) : ITopScene
{
    public string Whole => $"rasctl events show {id}";

    public async Task WriteAsync(ReachedNode asked, Page page, CancellationToken stop)
    {
        var request = new GetIncidentRequest { Id = id };
        var incident = await asked
            .CallAsync(
                (client, options) => client.GetIncidentAsync(request, options),
                TimeSpan.Zero,
                "rasctl events list shows those that there are",
                stop
            )
            .ConfigureAwait(false);
        new IncidentText(page, new NodeNames(asked.Status)).WriteOne(incident);
    }
}
