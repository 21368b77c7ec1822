using System.Globalization;
using ClusterRas.Fabric;
using ClusterRas.Protocol;
using ClusterRas.Simulator.Moments;

namespace ClusterRas.Simulator.Scenarios;

/// <summary>How one value is written in a scenario: a word without spaces, or one in double quotes.</summary>
internal static class ValueText
{
    private const string Nothing = "-";
    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    /// <summary>What a value of this type looks like, for whoever wrote another.</summary>
    public static string Example(Type type) =>
        Nullable.GetUnderlyingType(type) is { } inner ? $"{Example(inner)} or {Nothing}"
        : type == typeof(Moment) ? $"Electing+0s or {Nothing}"
        : type == typeof(TimeSpan) ? "1.5s"
        : type == typeof(NodeId) ? "#3"
        : type == typeof(NodeSet) ? "{0,3}"
        : type == typeof(bool) ? "yes or no"
        : type == typeof(string) ? "\"words\""
        : type == typeof(EquatableArray<EventKind>) ? "Panic,KernelReboot"
        : type.IsEnum ? string.Join(" or ", Enum.GetNames(type))
        : "a whole number";

    public static string Write(object? value) =>
        value switch
        {
            null => Nothing,
            TimeSpan time => (time.Ticks / (decimal)TimeSpan.TicksPerSecond).ToString("0.#######", Culture) + "s",
            NodeId node => "#" + node.Value.ToString(Culture),
            NodeSet nodes => "{" + string.Join(',', nodes.Nodes().Select(node => node.Value)) + "}",
            bool flag => flag ? "yes" : "no",
            string text => $"\"{text}\"",
            Moment moment => $"{moment.Name}+{Write(moment.After)}",
            EquatableArray<EventKind> kinds => kinds.Count == 0 ? Nothing : string.Join(',', kinds),
            IFormattable plain => plain.ToString(null, Culture),
            _ => throw new NotSupportedException(value.GetType().Name),
        };

    public static bool TryRead(Type type, string text, out object? value)
    {
        value = null;
        var inner = Nullable.GetUnderlyingType(type);
        if (text == Nothing)
        {
            value = type == typeof(EquatableArray<EventKind>) ? default(EquatableArray<EventKind>) : null;
            return inner is not null || type == typeof(Moment) || value is not null;
        }

        value = Read(inner ?? type, text);
        return value is not null;
    }

    private static object? Read(Type type, string text)
    {
        if (type == typeof(TimeSpan))
        {
            return TimeOf(text);
        }

        if (type == typeof(NodeId))
        {
            return text.StartsWith('#') && NodeOf(text[1..]) is { } node ? node : null;
        }

        if (type == typeof(NodeSet))
        {
            return NodesOf(text);
        }

        if (type == typeof(bool))
        {
            return text is "yes" or "no" ? text == "yes" : null;
        }

        if (type == typeof(string))
        {
            return text is ['"', .. var words, '"'] ? words : null;
        }

        if (type == typeof(Moment))
        {
            return
                text.Split('+') is [var name, var after]
                && Enum.TryParse<MomentName>(name, out var moment)
                && TimeOf(after) is { } time
                ? new Moment(moment, time)
                : null;
        }

        if (type == typeof(EquatableArray<EventKind>))
        {
            var kinds = text.Split(',').Select(word => Enum.TryParse<EventKind>(word, out var kind) ? kind : default);
            return kinds.Contains(EventKind.None) ? null : new EquatableArray<EventKind>([.. kinds]);
        }

        if (type.IsEnum)
        {
            return Enum.TryParse(type, text, out var one) ? one : null;
        }

        return type == typeof(ulong) ? (ulong.TryParse(text, NumberStyles.None, Culture, out var wide) ? wide : null)
            : int.TryParse(text, NumberStyles.AllowLeadingSign, Culture, out var number) ? number
            : null;
    }

    private static TimeSpan? TimeOf(string text) =>
        text.EndsWith('s') && decimal.TryParse(text[..^1], NumberStyles.Number, Culture, out var seconds)
            ? new TimeSpan((long)(seconds * TimeSpan.TicksPerSecond))
            : null;

    private static NodeId? NodeOf(string text) =>
        int.TryParse(text, NumberStyles.None, Culture, out var node) && node < 32 ? new NodeId(node) : null;

    private static NodeSet? NodesOf(string text)
    {
        if (text is not ['{', .. var inside, '}'])
        {
            return null;
        }

        var set = default(NodeSet);
        foreach (var word in inside.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            if (NodeOf(word) is not { } node)
            {
                return null;
            }

            set = set.With(node);
        }

        return set;
    }
}
