using System.Text;
using ClusterRas.Fabric;

namespace ClusterRas.Sentry.Settings;

/// <summary>Splits a text into commands as a shell does: quotes, comments, separators, lines that go on.</summary>
/// <remarks>
/// Nothing is expanded. A semicolon right inside a value is what a shell cuts at, and the commonest mistake with lists:
/// it is told, and the value is read on, so that nothing else is told about it.
/// </remarks>
internal sealed class ShellText
{
    private readonly SourceText source;
    private readonly List<(char Letter, int Offset)> letters;
    private readonly ProblemList problems;
    private readonly List<ShellCommand> commands = [];
    private List<ShellWord> words = [];
    private StringBuilder? word;
    private bool hasEquals;
    private List<int> offsets = [];
    private int at;

    private ShellText(SourceText source, List<(char, int)> letters, ProblemList problems)
    {
        this.source = source;
        this.letters = letters;
        this.problems = problems;
    }

    /// <summary>The commands of a text.</summary>
    public static List<ShellCommand> Read(SourceText source, ProblemList problems)
    {
        var letters = new List<(char, int)>();
        Span<char> pair = stackalloc char[2];
        for (var offset = 0; offset < source.Bytes.Length; )
        {
            Rune.DecodeFromUtf8(source.Bytes[offset..], out var rune, out var taken);
            foreach (var letter in pair[..rune.EncodeToUtf16(pair)])
            {
                letters.Add((letter, offset));
            }

            offset += taken;
        }

        return new ShellText(source, letters, problems).Read();
    }

    /// <summary>The commands inside a word, as behind <c>ssh HOST</c>.</summary>
    public static List<ShellCommand> Read(ShellWord word, ProblemList problems) =>
        new ShellText(word.Source, [.. word.Text.Zip(word.Offsets)], problems).Read();

    private List<ShellCommand> Read()
    {
        while (at < letters.Count)
        {
            var letter = letters[at].Letter;
            switch (letter)
            {
                case '\\' when Next() is '\n':
                    at += 2;
                    break;
                case '\\' when Next() is not null:
                    at++;
                    Take();
                    break;
                case '\'' or '"':
                    ReadQuoted(letter);
                    break;
                case '#' when word is null:
                    ReadComment();
                    break;
                case ';' when IsInsideValue():
                    problems.Add(
                        source.At(letters[at].Offset),
                        TopologyProblemCode.Command,
                        "the shell ends the command at this semicolon",
                        "a value with semicolons in quotes",
                        $"write '{Spelling.Plain(word?.ToString(0, Math.Min(word.Length, 64)) ?? "", 32)}...'"
                    );
                    Take();
                    break;
                case '\n' or ';' or '&' or '|':
                    EndCommand();
                    at++;
                    break;
                case ' ' or '\t' or '\r':
                    EndWord();
                    at++;
                    break;
                default:
                    Take();
                    break;
            }
        }

        EndCommand();
        return commands;
    }

    private char? Next() => at + 1 < letters.Count ? letters[at + 1].Letter : null;

    // "--server_cna=1;2" or "--server_cna 1;2": the word has begun a value, and what follows looks like more of it.
    private bool IsInsideValue() =>
        word is not null
        && Next() is { } next
        && char.IsAsciiHexDigit(next)
        && (
            (word.Length > 2 && word[0] == '-' && word[1] == '-' && hasEquals)
            || (words.Count > 0 && words[^1].Text.StartsWith("--", StringComparison.Ordinal))
        );

    private void Take()
    {
        word ??= new StringBuilder();
        word.Append(letters[at].Letter);
        hasEquals |= letters[at].Letter == '=';
        offsets.Add(letters[at].Offset);
        at++;
    }

    private void ReadQuoted(char quote)
    {
        var opened = letters[at].Offset;
        word ??= new StringBuilder();
        at++;
        while (at < letters.Count && letters[at].Letter != quote)
        {
            if (quote == '"' && letters[at].Letter == '\\' && Next() is '"' or '\\' or '$' or '`')
            {
                at++;
            }

            Take();
        }

        if (at == letters.Count)
        {
            problems.Add(
                source.At(opened),
                TopologyProblemCode.Command,
                "this quote is never closed",
                $"a second {quote}",
                "close it at the end of the value"
            );
        }

        at++;
    }

    private void ReadComment()
    {
        var text = new StringBuilder();
        for (at++; at < letters.Count && letters[at].Letter != '\n'; at++)
        {
            text.Append(letters[at].Letter);
        }

        EndCommand();
        commands.Add(new ShellCommand([], text.ToString().Trim()));
    }

    private void EndWord()
    {
        if (word is not null)
        {
            words.Add(new ShellWord(source, word.ToString(), [.. offsets]));
            word = null;
            hasEquals = false;
            offsets = [];
        }
    }

    private void EndCommand()
    {
        EndWord();
        if (words.Count > 0)
        {
            commands.Add(new ShellCommand(words, null));
            words = [];
        }
    }
}
