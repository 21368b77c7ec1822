using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace ClusterRas.Demo;

/// <summary>Prints the story: when, who, what. May be called from any thread.</summary>
internal sealed class Timeline(TextWriter output, bool hasColours)
{
    private const int WhoWidth = 7;
    private const string Indent = "                      ";
    private readonly Lock gate = new();
    private readonly long startedAt = Stopwatch.GetTimestamp();

    /// <summary>Since the start of the demo.</summary>
    public TimeSpan Now => Stopwatch.GetElapsedTime(startedAt);

    /// <summary>When a reading of <see cref="Stopwatch.GetTimestamp"/> was.</summary>
    public TimeSpan At(long timestamp) => Stopwatch.GetElapsedTime(startedAt, timestamp);

    /// <summary>A line without time, as it is.</summary>
    public void Plain(string text) => Print(text);

    /// <summary>A new step of the story.</summary>
    public void Step(int number, string title) => Print("\n" + Paint($"{number}. {title}", "1"));

    /// <summary>Somebody does or says something now.</summary>
    public void Say(string who, string what) => Say(Now, who, what);

    /// <summary>Somebody did or said something.</summary>
    public void Say(TimeSpan at, string who, string what) => Print(Format(at, who, what, hasColours));

    /// <summary>More about the line before.</summary>
    public void More(string text) => Print(Indent + text);

    /// <summary>What must be so: held or not.</summary>
    public void Verdict(bool held, string what) =>
        Print(Indent + (held ? Paint("as promised: ", "32") : Paint("NOT AS PROMISED: ", "31")) + what);

    /// <summary>One line: <c>+12.345 s  n07      text</c>.</summary>
    public static string Format(TimeSpan at, string who, string what, bool hasColours)
    {
        var time = string.Create(CultureInfo.InvariantCulture, $"+{at.TotalSeconds:0.000} s");
        var line = new StringBuilder(time.PadLeft(10)).Append("  ");
        var name = who.PadRight(WhoWidth);
        return line.Append(hasColours ? $"\e[{ColourOf(who)}m{name}\e[0m" : name).Append("   ").Append(what).ToString();
    }

    // Nodes by number, so that one node keeps its colour through the story; hands outside the cluster stay grey.
    private static string ColourOf(string who) =>
        int.TryParse(who.AsSpan(who.StartsWith('n') ? 1 : 0), NumberStyles.None, null, out var number)
            ? string.Create(CultureInfo.InvariantCulture, $"{33 + (number % 4)}")
            : "90";

    private string Paint(string text, string code) => hasColours ? $"\e[{code}m{text}\e[0m" : text;

    private void Print(string line)
    {
        lock (gate)
        {
            output.WriteLine(line);
        }
    }
}
