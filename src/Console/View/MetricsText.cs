using System.Globalization;
using System.Text;
using ClusterRas.Protocol;

namespace ClusterRas.Console.View;

/// <summary>What one node knows, in Prometheus' text form. Every value is read from the status when it is asked for.</summary>
public static class MetricsText
{
    /// <summary>As the form's version 0.0.4 is announced.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>All metrics of the node.</summary>
    public static string Of(NodeStatus status, string version)
    {
        var text = new StringBuilder();
        foreach (var measure in Measure.All)
        {
            var samples = measure.Take(status, version).ToList();
            if (samples.Count == 0)
            {
                continue;
            }

            var name = measure.PrometheusName;
            text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {measure.Help}\n# TYPE {name} gauge\n");
            foreach (var sample in samples)
            {
                Write(text, name, sample);
            }
        }

        return text.ToString();
    }

    private static void Write(StringBuilder text, string name, Sample sample)
    {
        text.Append(name);
        if (sample.Labels.Length > 0)
        {
            text.Append('{')
                .AppendJoin(',', sample.Labels.Select(label => $"{label.Name}=\"{Escaped(label.Value)}\""))
                .Append('}');
        }

        text.Append(' ').Append(sample.Value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
    }

    private static string Escaped(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal);
}
