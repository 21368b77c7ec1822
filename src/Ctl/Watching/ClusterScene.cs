using ClusterRas.Ctl.Asking;
using ClusterRas.Ctl.Text;
using ClusterRas.Wire.V1;

namespace ClusterRas.Ctl.Watching;

/// <summary>The status and the open incidents.</summary>
internal sealed class ClusterScene(bool withLinks) : ITopScene
{
    private const uint IncidentsShown = 20;

    public string Whole => "rasctl status, rasctl events list";

    public async Task WriteAsync(ReachedNode asked, Page page, CancellationToken stop)
    {
        var request = new ListIncidentsRequest { State = IncidentState.Open, Count = IncidentsShown };
        var open = await asked
            .CallAsync((client, options) => client.ListIncidentsAsync(request, options), TimeSpan.Zero, "", stop)
            .ConfigureAwait(false);
        StatusText.Write(page, asked, withLinks);
        page.Line();
        if (open.Incidents.Count == 0)
        {
            page.Line("no open incident", Tone.Good);
        }
        else
        {
            new IncidentText(page, new NodeNames(asked.Status)).WriteList(open.Incidents);
        }
    }
}
