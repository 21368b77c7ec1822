using System.Globalization;
using System.Net;
using System.Text;

namespace ClusterRas.Chaos;

/// <summary>One page that needs nothing else: what was done, what held, and three pictures.</summary>
internal sealed class ReportPage(ChaosOptions options, RunVerdict verdict, int lives)
{
    private const int FindingsMax = 200;

    private const string Style = """
        body{font:15px/1.45 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem;color:#222}
        table{border-collapse:collapse;width:100%;font-size:13px}td,th{border-bottom:1px solid #ccc;padding:.3rem .5rem;text-align:left;vertical-align:top}
        .n{text-align:right}.bad{color:#a00;font-weight:600}.good{color:#27632a;font-weight:600}
        svg{width:100%;max-width:52rem;display:block;margin:1rem 0;font:11px system-ui,sans-serif}.g{stroke:#ccc}.t{font-weight:600;font-size:13px}
        """;

    /// <summary>The whole page.</summary>
    public string Render()
    {
        var page = new StringBuilder(
            "<!doctype html><html lang='en'><meta charset='utf-8'><title>ClusterRas chaos</title>"
        );
        page.Append("<style>").Append(Style).Append("</style><h1>Chaos with sixteen real nodes</h1>");
        var held = verdict.Failed == 0;
        page.Append(
            CultureInfo.InvariantCulture,
            $"<p class='{(held ? "good" : "bad")}'>{(held ? "Every promise that was looked at held." : $"{verdict.Failed} did not hold.")}</p>"
        );
        page.Append(
            CultureInfo.InvariantCulture,
            $"<p>Seed {options.Seed}, commit {Text(options.Commit)}, {Environment.ProcessorCount} processors, {lives} lives of rasd. "
                + $"Recordings replayed through the same core: {verdict.Replays.Agreeing} agree ({verdict.Replays.Steps} steps), "
                + $"{verdict.Replays.Findings.Count} do not, {verdict.Replays.NotPlayed} not played for want of time.</p>"
        );
        page.Append(
            "<table><tr><th>scenario<th>held<th class=n>trials<th class=n>count<th class=n>panics<th class=n>lost<th class=n>doubled<th class=n>false silences"
        );
        page.Append(
            "<th>word to ack<th>word to first ack<th>mend to first heartbeat<th>new master<th>agreed again</tr>"
        );
        foreach (var result in verdict.Results)
        {
            page.Append(
                CultureInfo.InvariantCulture,
                $"<tr><td><b>{Text(result.Scenario.Name)}</b><br>{Text(result.Scenario.About)}<td>{(result.Held ? "<span class=good>yes</span>" : "<span class=bad>no</span>")}"
                    + $"<td class=n>{result.Trials.Count}<td class=n>{result.Counted.Count()}<td class=n>{result.Panics}<td class=n>{result.Lost}<td class=n>{result.Doubled}"
                    + $"<td class=n>{result.FalselySilent}<td>{result.Acks}<td>{result.FirstAcks}<td>{result.Relinks}<td>{result.Successions}<td>{result.Settlings}</tr>"
            );
        }

        page.Append("</table>");
        AddFindings(page);
        foreach (var result in verdict.Results)
        {
            page.Append(GapPlot.Render(result));
        }

        var acks = new StepPlot("from the word to the ack, where a majority is reached");
        var relinks = new StepPlot("from the mend to the first heartbeat on the link");
        foreach (var result in verdict.Results.OrderByDescending(r => r.Trials.Count).Take(4))
        {
            acks.With(result.Scenario.Name, result.Acks);
            relinks.With(result.Scenario.Name, result.Relinks);
        }

        return page.Append(acks.Render())
            .Append(relinks.Render())
            .Append("<p>The numbers behind this: trials.csv beside it.</p></html>")
            .ToString();
    }

    private void AddFindings(StringBuilder page)
    {
        var all = verdict
            .Results.SelectMany(r => r.Findings.Select(f => $"{r.Scenario.Name}: {f}"))
            .Concat(verdict.Failures)
            .Distinct()
            .ToList();
        if (all.Count == 0)
        {
            return;
        }

        page.Append("<h2>Not as promised</h2><ul>");
        foreach (var line in all.Take(FindingsMax))
        {
            page.Append("<li>").Append(Text(line));
        }

        page.Append(
            CultureInfo.InvariantCulture,
            $"</ul><p>{Math.Max(0, all.Count - FindingsMax)} more are not listed.</p>"
        );
    }

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
