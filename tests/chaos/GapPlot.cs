using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace ClusterRas.Chaos;

/// <summary>One row for each trial: where in the gap between two heartbeats the cut, the panic and the first ack fell, as SVG.</summary>
internal static class GapPlot
{
    private const int Width = 720;
    private const int Left = 60;
    private const int Top = 40;
    private const int RowHeight = 6;
    private const int RowsMax = 150;
    private const double SpanMs = 450;

    /// <summary>The picture; empty: no trial of this scenario waited for a gap.</summary>
    public static string Render(ScenarioResult result)
    {
        var trials = result.Counted.Where(t => t.LastBeatAt != 0).Take(RowsMax).ToList();
        if (trials.Count == 0)
        {
            return "";
        }

        var height = Top + (trials.Count * RowHeight) + 30;
        var svg = new StringBuilder();
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<svg viewBox='0 0 {Width} {height}' role='img' aria-label='trials between two heartbeats'>"
        );
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<text x='{Left}' y='16' class='t'>{result.Scenario.Name}: ms since the link's last heartbeat, the first {trials.Count} trials that count</text>"
        );
        svg.Append(
            "<text x='60' y='32'><tspan fill='#777'>bar: gap until the next is due</tspan>  <tspan fill='#b3541e'>cut</tspan>  "
                + "<tspan fill='#000'>panic</tspan>  <tspan fill='#4a7c2c'>first ack</tspan></text>"
        );
        for (var ms = 0; ms <= SpanMs; ms += 50)
        {
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<path d='M{X(ms):0} {Top}V{height - 24}' class='g'/><text x='{X(ms):0}' y='{height - 8}' text-anchor='middle'>{ms}</text>"
            );
        }

        foreach (var (trial, row) in trials.Select((trial, row) => (trial, row)))
        {
            var y = Top + (row * RowHeight);
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<rect x='{Left}' y='{y}' height='{RowHeight - 2}' width='{X(Ms(trial.NextDueAt)) - Left:0.0}' fill='#ddd'/>"
            );
            Mark(trial.Cut.Done, "#b3541e");
            Mark(trial.PanicAt, "#000");
            if (trial.Words.Select(w => w.Ack?.At).Min() is { } first)
            {
                Mark(first, "#4a7c2c");
            }

            void Mark(long at, string colour) =>
                svg.Append(
                    CultureInfo.InvariantCulture,
                    $"<rect x='{X(Math.Min(SpanMs, Ms(at))) - 1:0.0}' y='{y}' height='{RowHeight - 2}' width='3' fill='{colour}'/>"
                );

            double Ms(long at) => Stopwatch.GetElapsedTime(trial.LastBeatAt, at).TotalMilliseconds;
        }

        return svg.Append("</svg>").ToString();

        static double X(double ms) => Left + (ms / SpanMs * (Width - Left - 20));
    }
}
