using System.Globalization;
using System.Text;

namespace ClusterRas.Chaos;

/// <summary>How large a share of many durations was no longer than so much: one rising line for each list, as SVG.</summary>
internal sealed class StepPlot(string title)
{
    private const int Width = 720;
    private const int Height = 300;
    private const int Left = 60;
    private const int Right = 150;
    private const int Top = 30;
    private const int Bottom = 40;
    private static readonly string[] Colours = ["#0b6e99", "#b3541e", "#4a7c2c", "#7a3b8f"];
    private readonly List<(string Name, IReadOnlyList<double> Sorted)> lines = [];

    /// <summary>Adds a line; an empty list adds none.</summary>
    public StepPlot With(string name, Spread spread)
    {
        if (spread.Sorted.Count > 0)
        {
            lines.Add((name, spread.Sorted));
        }

        return this;
    }

    /// <summary>The picture; empty: there is nothing to show.</summary>
    public string Render()
    {
        if (lines.Count == 0)
        {
            return "";
        }

        // Whole decades, so that the eye finds 10 and 100 ms.
        var low = Math.Floor(Math.Log10(Math.Max(0.1, lines.Min(l => l.Sorted[0]))));
        var high = Math.Max(low + 1, Math.Ceiling(Math.Log10(lines.Max(l => l.Sorted[^1]))));
        var svg = new StringBuilder();
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<svg viewBox='0 0 {Width} {Height}' role='img' aria-label='{title}'><text x='{Left}' y='16' class='t'>{title}</text>"
        );
        for (var decade = low; decade <= high; decade++)
        {
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<path d='M{X(Math.Pow(10, decade)):0} {Top}V{Height - Bottom}' class='g'/>"
            );
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<text x='{X(Math.Pow(10, decade)):0}' y='{Height - Bottom + 18}' text-anchor='middle'>{Math.Pow(10, decade)} ms</text>"
            );
        }

        foreach (var share in (ReadOnlySpan<double>)[0, 0.5, 0.9, 1])
        {
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<path d='M{Left} {Y(share):0}H{Width - Right}' class='g'/><text x='{Left - 6}' y='{Y(share) + 4:0}' text-anchor='end'>{share * 100:0} %</text>"
            );
        }

        foreach (var ((name, sorted), index) in lines.Select((line, index) => (line, index)))
        {
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<path fill='none' stroke-width='2' stroke='{Colours[index % Colours.Length]}' d='M{X(sorted[0]):0.0} {Y(0):0.0}"
            );
            for (var i = 0; i < sorted.Count; i++)
            {
                svg.Append(CultureInfo.InvariantCulture, $"H{X(sorted[i]):0.0}V{Y((i + 1.0) / sorted.Count):0.0}");
            }

            svg.Append(
                CultureInfo.InvariantCulture,
                $"'/><text x='{Width - Right + 8}' y='{Top + 14 + (index * 18)}' fill='{Colours[index % Colours.Length]}'>{name} ({sorted.Count})</text>"
            );
        }

        return svg.Append("</svg>").ToString();

        double X(double ms) => Left + ((Math.Log10(Math.Max(ms, 0.1)) - low) / (high - low) * (Width - Left - Right));
        double Y(double share) => Height - Bottom - (share * (Height - Top - Bottom));
    }
}
