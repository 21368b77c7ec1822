using System.Text.Json;
using System.Text.RegularExpressions;
using ClusterRas.Fabric;

namespace ClusterRas.Sentry.Tests.Settings;

/// <summary>164 command lines of <c>sentryctl set</c>, and what sysSentry made of them.</summary>
public partial class SettingVectorTests
{
    // What is right by itself, in a map of one line.
    private static readonly TopologyProblemCode[] OfTheMap =
    [
        TopologyProblemCode.EidMissing,
        TopologyProblemCode.NoSettings,
        TopologyProblemCode.Address,
        TopologyProblemCode.AddressTaken,
    ];

    private static readonly JsonDocument File = JsonDocument.Parse(
        System.IO.File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "syssentry-settings.json"))
    );

    [Fact]
    public void Lines_GetTheirVerdict_ButForTheDifferencesThatAreListed()
    {
        var listed = Row()
            .Matches(System.IO.File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "sysSentry.md")))
            .SelectMany(row =>
                row.Groups["ids"].Value.Split(", ").Select(id => (id, row.Groups["ours"].Value.Trim('`')))
            )
            .ToDictionary();
        var count = 0;
        foreach (var vector in File.RootElement.GetProperty("config").EnumerateArray())
        {
            count++;
            var id = vector.GetProperty("id").GetString()!;
            var ours = Judge(vector);
            var isTaken = vector.GetProperty("exit").GetInt32() == 0;
            if (!listed.Remove(id, out var difference))
            {
                (ours.Count == 0).ShouldBe(isTaken, $"{id}: {string.Join(", ", ours)}");
            }
            else if (isTaken)
            {
                ours.Distinct().ShouldBe([difference], id);
            }
            else
            {
                ours.ShouldBeEmpty(id);
                difference.ShouldBe("taken", id);
            }
        }

        count.ShouldBe(164);
        listed.ShouldBeEmpty("listed in docs/sysSentry.md, but no difference");
    }

    private static List<string> Judge(JsonElement vector)
    {
        var words = vector.GetProperty("argv").EnumerateArray().Select(word => Quoted(word.GetString()!));
        var line = "sentryctl " + string.Join(' ', words);
        if (vector.GetProperty("pre").TryGetProperty("local", out var local) && local.GetArrayLength() > 0)
        {
            var eids = string.Join(';', local.EnumerateArray().Select(eid => eid.GetString()));
            line = $"sentryctl set sentry_remote_reporter --eid='{eids}'\n{line}";
        }

        return
        [
            .. Script
                .Read(("n01.sh", line))
                .All.Where(problem => problem.Severity >= TopologySeverity.Error && !OfTheMap.Contains(problem.Code))
                .Select(problem => problem.Rule.Name),
        ];
    }

    [GeneratedRegex(@"^\| (?<ids>C\d{3}(?:, C\d{3})*) \| (?:taken|refused) \| (?<ours>\S+) \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    private static string Quoted(string word) => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
