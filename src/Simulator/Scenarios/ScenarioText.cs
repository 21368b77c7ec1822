using System.Text;
using System.Text.RegularExpressions;
using ClusterRas.Fabric;
using ClusterRas.Protocol;
using ClusterRas.Simulator.Faults;

namespace ClusterRas.Simulator.Scenarios;

/// <summary>A plan as a text that a person reads and changes: a head, when agents start, handlers, and faults by time.</summary>
/// <remarks>
/// <c>at 5.2s Panic Node=#1 WindowMs=5000 RebootAfter=-</c>; parts of a series follow it, indented. A line that begins with
/// <c>#</c> is a remark.
/// </remarks>
internal static partial class ScenarioText
{
    private const string Indent = "  ";
    private static readonly Dictionary<string, Type> Kinds = typeof(Fault)
        .GetNestedTypes(System.Reflection.BindingFlags.NonPublic)
        .Where(type => type.IsSubclassOf(typeof(Fault)) && !type.IsAbstract)
        .ToDictionary(type => type.Name, StringComparer.Ordinal);

    public static string Write(FaultPlan plan, string remark = "")
    {
        var shape = plan.Shape;
        var head = new ScenarioHead(
            plan.Seed,
            shape.NodeCount,
            shape.VoterCount,
            shape.DieCount,
            shape.Uvb,
            plan.Untagged,
            plan.DelayMin,
            plan.DelayMax,
            plan.FsyncMax,
            plan.LogEntriesMax,
            plan.FaultsEnd,
            plan.End
        )
        {
            Profile = plan.Profile == TimingProfile.Default ? null : plan.Profile.Name,
        };
        var text = new StringBuilder();
        foreach (var line in remark.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            text.Append("# ").Append(line).Append('\n');
        }

        text.Append("life").Append(RecordText.Write(head)).Append('\n');
        text.Append("starts ").AppendJoin(' ', plan.StartAt.Select(at => ValueText.Write(at))).Append('\n');
        foreach (var handler in plan.Handlers)
        {
            text.Append("handler").Append(RecordText.Write(handler, nameof(HandlerPlan.Declaration)));
            text.Append(RecordText.Write(handler.Declaration)).Append('\n');
        }

        foreach (var fault in plan.Faults)
        {
            Write(text, fault, "");
        }

        return text.ToString();
    }

    /// <summary>The plan; null, and every mistake with its line, if the text is none.</summary>
    public static FaultPlan? Read(string text, out IReadOnlyList<string> mistakes)
    {
        var reader = new Reader();
        var number = 0;
        foreach (var line in text.Split('\n'))
        {
            number++;
            if (line.Trim().Length > 0 && !line.TrimStart().StartsWith('#'))
            {
                reader.Take(line.TrimEnd('\r'), number);
            }
        }

        mistakes = reader.Mistakes;
        return reader.Finish();
    }

    private static void Write(StringBuilder text, Fault fault, string indent)
    {
        text.Append(indent).Append("at ").Append(ValueText.Write(fault.At)).Append(' ').Append(fault.GetType().Name);
        text.Append(RecordText.Write(fault, nameof(Fault.At), nameof(Fault.Series.Parts))).Append('\n');
        if (fault is Fault.Series series)
        {
            foreach (var part in series.Parts)
            {
                Write(text, part, indent + Indent);
            }
        }
    }

    [GeneratedRegex("(?<name>[A-Za-z]+)=(?<value>\"[^\"]*\"|[^ ]+)")]
    private static partial Regex Pair();

    /// <summary>Reads line by line, and goes on after a mistake.</summary>
    private sealed class Reader
    {
        private readonly List<string> mistakes = [];
        private readonly List<TimeSpan> starts = [];
        private readonly List<HandlerPlan> handlers = [];
        private readonly List<(int Depth, Fault Fault)> faults = [];
        private ScenarioHead? head;

        public IReadOnlyList<string> Mistakes => mistakes;

        public void Take(string line, int number)
        {
            var depth = (line.Length - line.TrimStart().Length) / Indent.Length;
            var words = line.Trim().Split(' ', 2);
            var rest = words.Length > 1 ? words[1] : "";
            switch (words[0])
            {
                case "life":
                    head = (ScenarioHead?)Record(typeof(ScenarioHead), rest, [], number);
                    break;
                case "starts":
                    TakeStarts(rest, number);
                    break;
                case "handler":
                    TakeHandler(rest, number);
                    break;
                case "at":
                    TakeFault(rest, depth, number);
                    break;
                default:
                    mistakes.Add($"line {number}: \"{words[0]}\" begins no line; expected life, starts, handler or at");
                    break;
            }
        }

        public FaultPlan? Finish()
        {
            if (head?.Profile is { } name && TimingProfile.Find(name) is null)
            {
                mistakes.Add($"Profile={name}: expected {TimingProfile.Expected}");
            }

            if (head is null && mistakes.Count == 0)
            {
                mistakes.Add("line 1: there is no line that begins with life");
            }
            else if (head is not null && starts.Count != head.NodeCount)
            {
                mistakes.Add($"starts: {starts.Count} times for {head.NodeCount} nodes");
            }

            if (head is null || mistakes.Count > 0)
            {
                return null;
            }

            return new FaultPlan(
                head.Seed,
                new Shape(head.NodeCount, head.VoterCount, head.DieCount, head.Uvb),
                [.. starts],
                head.Untagged,
                head.DelayMin,
                head.DelayMax,
                head.FsyncMax,
                [.. handlers],
                [.. Folded(0, 0, faults.Count)],
                head.FaultsEnd,
                head.End,
                head.LogEntriesMax
            )
            {
                OnRealLedger = FaultPlan.IsOnRealLedger(head.Seed),
                Profile = TimingProfile.Find(head.Profile ?? "") ?? TimingProfile.Default,
            };
        }

        private void TakeStarts(string rest, int number)
        {
            foreach (var word in rest.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                if (ValueText.TryRead(typeof(TimeSpan), word, out var at) && at is TimeSpan time)
                {
                    starts.Add(time);
                }
                else
                {
                    mistakes.Add($"line {number}: {word}: expected {ValueText.Example(typeof(TimeSpan))}");
                }
            }
        }

        private void TakeHandler(string rest, int number)
        {
            var declared = typeof(HandlerDeclaration).GetProperties().Select(property => property.Name).ToHashSet();
            var pairs = PairsOf(rest, number);
            var declaration = Record(typeof(HandlerDeclaration), Of(pairs, declared.Contains), [], number);
            var given = new Dictionary<string, object?> { [nameof(HandlerPlan.Declaration)] = declaration };
            var handler = Record(typeof(HandlerPlan), Of(pairs, name => !declared.Contains(name)), given, number);
            if (declaration is not null && handler is HandlerPlan plan)
            {
                handlers.Add(plan);
            }
        }

        private void TakeFault(string rest, int depth, int number)
        {
            var words = rest.Split(' ', 3);
            if (words.Length < 2 || !ValueText.TryRead(typeof(TimeSpan), words[0], out var at))
            {
                mistakes.Add($"line {number}: expected \"at 1.5s Panic ...\"");
            }
            else if (!Kinds.TryGetValue(words[1], out var kind))
            {
                var names = string.Join(", ", Kinds.Keys.Order(StringComparer.Ordinal));
                mistakes.Add($"line {number}: \"{words[1]}\" is no fault; there are {names}");
            }
            else
            {
                var given = new Dictionary<string, object?>
                {
                    [nameof(Fault.At)] = at,
                    [nameof(Fault.Series.Parts)] = default(EquatableArray<Fault>),
                };
                var pairs = PairsOf(words.Length > 2 ? words[2] : "", number);
                if (Record(kind, pairs, given, number) is Fault fault)
                {
                    faults.Add((depth, fault));
                }
            }
        }

        // The lines below a series that stand deeper are its parts.
        private IEnumerable<Fault> Folded(int depth, int from, int to)
        {
            for (var at = from; at < to; )
            {
                var end = at + 1;
                while (end < to && faults[end].Depth > depth)
                {
                    end++;
                }

                var fault = faults[at].Fault;
                yield return fault is Fault.Series series
                    ? series with
                    {
                        Parts = new EquatableArray<Fault>([.. Folded(depth + 1, at + 1, end)]),
                    }
                    : fault;
                at = end;
            }
        }

        private Dictionary<string, string> PairsOf(string text, int number)
        {
            var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (Match match in Pair().Matches(text))
            {
                if (!pairs.TryAdd(match.Groups["name"].Value, match.Groups["value"].Value))
                {
                    mistakes.Add($"line {number}: {match.Groups["name"].Value} stands there twice");
                }
            }

            var left = Pair().Replace(text, "").Trim();
            if (left.Length > 0)
            {
                mistakes.Add($"line {number}: \"{left}\" is no Name=value");
            }

            return pairs;
        }

        private object? Record(Type type, string text, Dictionary<string, object?> given, int number) =>
            Record(type, PairsOf(text, number), given, number);

        private object? Record(
            Type type,
            Dictionary<string, string> pairs,
            Dictionary<string, object?> given,
            int number
        ) => RecordText.Read(type, pairs, given, what => mistakes.Add($"line {number}: {what}"));

        private static Dictionary<string, string> Of(Dictionary<string, string> pairs, Func<string, bool> isWanted) =>
            pairs.Where(pair => isWanted(pair.Key)).ToDictionary(StringComparer.Ordinal);
    }
}
