using ClusterRas.Fabric;

namespace ClusterRas.Sentry.Settings;

/// <summary>A word of a command line, without its quotes; each of its characters knows where it stands.</summary>
internal sealed record ShellWord(SourceText Source, string Text, int[] Offsets)
{
    /// <summary>Where its first character stands.</summary>
    public Place At => Source.At(Offsets.Length > 0 ? Offsets[0] : 0);

    /// <summary>Where one of its characters stands; behind the last: right after it.</summary>
    public Place AtOf(int index) =>
        Source.At(
            index < Offsets.Length ? Offsets[index]
            : Offsets.Length > 0 ? Offsets[^1] + 1
            : 0
        );

    /// <summary>A part of it.</summary>
    public ShellWord Part(Range range) => this with { Text = Text[range], Offsets = Offsets[range] };

    /// <summary>The parts between separators, empty ones too.</summary>
    public IEnumerable<ShellWord> Split(char separator)
    {
        var start = 0;
        for (var at = 0; at <= Text.Length; at++)
        {
            if (at == Text.Length || Text[at] == separator)
            {
                // An empty part stands where its separator does.
                yield return at > start
                    ? Part(start..at)
                    : this with
                    {
                        Text = "",
                        Offsets = [AtOf(Math.Min(start, Math.Max(0, Text.Length - 1))).Offset],
                    };
                start = at + 1;
            }
        }
    }
}

/// <summary>A command: its words, or a comment.</summary>
internal sealed record ShellCommand(List<ShellWord> Words, string? Comment);
