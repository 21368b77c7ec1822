namespace ClusterRas.Demo;

/// <summary>What the demo promised to show, and whether it did. The exit code hangs on nothing else.</summary>
internal sealed class Expectations(Timeline timeline)
{
    private readonly List<(string What, bool Held)> all = [];

    /// <summary>True if each of them held, and there is at least one.</summary>
    public bool AllHeld => all.Count > 0 && all.TrueForAll(e => e.Held);

    /// <summary>States one and tells it at once.</summary>
    public void State(bool held, string what)
    {
        all.Add((what, held));
        timeline.Verdict(held, what);
    }

    /// <summary>The last words: how many held, and each that did not.</summary>
    public void Summarise()
    {
        var failed = all.Where(e => !e.Held).ToList();
        timeline.Plain(
            failed.Count == 0
                ? $"\nAll {all.Count} promises held."
                : $"\n{failed.Count} of {all.Count} promises did not hold:"
        );
        foreach (var (what, _) in failed)
        {
            timeline.Plain($"  - {what}");
        }
    }
}
