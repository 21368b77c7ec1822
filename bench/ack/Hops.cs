using System.Globalization;
using System.Text.RegularExpressions;

namespace ClusterRas.AckBench;

/// <summary>When each node said what about an event, by the monotonic stamps of its own log (<c>--verbose</c>).</summary>
internal sealed partial class Hops
{
    /// <summary>What a hop leads to, in order.</summary>
    public static readonly string[] Names =
    [
        "raised at the witness",
        "received by the master",
        "committed",
        "answer sent",
        "answer at the witness",
        "released",
    ];

    private readonly Dictionary<(string Fact, string Key), (long At, string Node)> reports = [];
    private readonly Dictionary<(string Node, string Report), long> received = [];
    private readonly Dictionary<(string Node, long Incident), long> committed = [];
    private readonly Dictionary<string, long> incidents = [];

    /// <summary>Reads every node's log.</summary>
    public Hops(IEnumerable<Machine> machines)
    {
        foreach (var machine in machines)
        {
            foreach (var line in File.ReadLines(machine.LogPath))
            {
                if (Line().Match(line) is { Success: true } match)
                {
                    Take(machine.Node.Name, match);
                }
            }
        }
    }

    /// <summary>The duration of each hop, in ns; null: the logs do not tell it whole.</summary>
    public long[]? Of(Sample sample)
    {
        if (
            reports.TryGetValue(("word.raised", sample.Key), out var raised)
            && reports.TryGetValue(("answer.sent", sample.Key), out var sent)
            && reports.TryGetValue(("release.begun", sample.Key), out var begun)
            && received.TryGetValue((sent.Node, sample.Key), out var arrived)
            && incidents.TryGetValue(sample.Key, out var incident)
            && committed.TryGetValue((sent.Node, incident), out var commit)
        )
        {
            long[] at = [sample.RaisedAt, raised.At, arrived, commit, sent.At, begun.At, sample.AckedAt];
            return [.. at.Zip(at.Skip(1), (from, to) => to - from)];
        }

        return null;
    }

    private void Take(string node, Match match)
    {
        var at = (long)(decimal.Parse(match.Groups["mono"].ValueSpan, CultureInfo.InvariantCulture) * 1_000_000_000);
        var fact = match.Groups["fact"].Value;
        var text = match.Groups["text"].Value;
        if (fact == "incident.opened")
        {
            committed.TryAdd((node, Incident(text)), at);
            return;
        }

        var key = Report().Match(text).Groups["key"].Value;
        switch (fact)
        {
            case "word.received":
                received.TryAdd((node, key), at);
                break;
            case "answer.sent":
                First(fact, key, at, node);
                incidents.TryAdd(key, Incident(text));
                break;
            default:
                First(fact, key, at, node);
                break;
        }
    }

    /// <summary>A master that comes later answers again; what counts is the first answer.</summary>
    private void First(string fact, string key, long at, string node)
    {
        if (!reports.TryGetValue((fact, key), out var known) || at < known.At)
        {
            reports[(fact, key)] = (at, node);
        }
    }

    private static long Incident(string text) =>
        long.Parse(IncidentNumber().Match(text).Groups["number"].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(
        @"^\S+ mono=(?<mono>[0-9.]+) \S+ "
            + @"(?<fact>word\.raised|word\.received|incident\.opened|answer\.sent|release\.begun): (?<text>.*)"
    )]
    private static partial Regex Line();

    [GeneratedRegex(@":(PowerOff|MemoryFault):(?<key>[0-9a-f]+\.[0-9a-f]+)")]
    private static partial Regex Report();

    [GeneratedRegex(@"[Ii]ncident (?<number>\d+)")]
    private static partial Regex IncidentNumber();
}
