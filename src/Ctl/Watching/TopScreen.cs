using System.Globalization;
using ClusterRas.Ctl.Asking;
using ClusterRas.Ctl.Text;

namespace ClusterRas.Ctl.Watching;

/// <summary>A scene on a whole terminal, drawn anew each second, from node to node if it must.</summary>
/// <remarks>When nobody answers, what is shown stays, and the first line says how old it is.</remarks>
internal sealed class TopScreen(AskPlan plan, Surroundings surroundings, ITopScene scene)
{
    // The alternate screen, without cursor and without wrapped lines, so that what was on the terminal is there again.
    private const string Enter = "\e[?1049h\e[?25l\e[?7l";
    private const string Leave = "\e[?7h\e[?25h\e[?1049l";
    private const string Home = "\e[H";
    private const string RestOfLine = "\e[K";
    private const string RestOfScreen = "\e[J";
    private const int RowsDefault = 24;

    private static readonly TimeSpan DrawEvery = TimeSpan.FromSeconds(1);

    private AskPlan plan = plan;
    private string[] picture = [];
    private string from = "";
    private DateTimeOffset at;

    /// <summary>Runs until <paramref name="stop"/>.</summary>
    /// <exception cref="RefusedException">The first node that answers has no such thing, or breaks off.</exception>
    public async Task<int> RunAsync(CancellationToken stop)
    {
        await LookAsync(stop).ConfigureAwait(false);
        await surroundings.Out.WriteAsync(Enter).ConfigureAwait(false);
        try
        {
            while (true)
            {
                await DrawAsync(stop).ConfigureAwait(false);
                await Task.Delay(DrawEvery, stop).ConfigureAwait(false);
                await LookAsync(stop).ConfigureAwait(false);
            }
        }
        finally
        {
            await surroundings.Out.WriteAsync(Leave).ConfigureAwait(false);
            await surroundings.Out.FlushAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    private async Task LookAsync(CancellationToken stop)
    {
        using var asked = await Reach.TryAsync(plan, [], stop).ConfigureAwait(false);
        if (asked is null)
        {
            return;
        }

        try
        {
            picture = await PictureAsync(asked, stop).ConfigureAwait(false);
            from = asked.Name;
            at = surroundings.Clock.GetUtcNow();
        }
        catch (RefusedException) when (picture.Length > 0)
        {
            // It died between its two answers: the next round asks another one first.
            plan = plan.IsOneNode ? plan : plan.Last(asked.Door);
        }
    }

    private async Task<string[]> PictureAsync(ReachedNode asked, CancellationToken stop)
    {
        var text = new StringWriter(CultureInfo.InvariantCulture);
        await scene.WriteAsync(asked, Page.On(surroundings with { Out = text }), stop).ConfigureAwait(false);
        return text.ToString().TrimEnd('\n').Split('\n');
    }

    private async Task DrawAsync(CancellationToken stop)
    {
        var rows = surroundings.HeightRows > 0 ? surroundings.HeightRows : RowsDefault;
        var now = surroundings.Clock.GetUtcNow();
        var age = (long)(now - at).TotalSeconds;
        var head =
            picture.Length == 0
                ? "nobody answers yet; Ctrl-C ends"
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"as of {at:HH:mm:ss} UTC, {age} s ago, from {from}{(age > 2 ? "; nobody answers" : "")}; Ctrl-C ends"
                );
        var lines = new List<string>(rows) { head, "" };
        lines.AddRange(picture.Take(rows - lines.Count));
        if (picture.Length > rows - 2)
        {
            lines[^1] = string.Create(
                CultureInfo.InvariantCulture,
                $"{picture.Length - (rows - 3)} more lines: {scene.Whole}"
            );
        }

        await surroundings
            .Out.WriteAsync($"{Home}{string.Join($"{RestOfLine}\n", lines)}{RestOfLine}{RestOfScreen}")
            .ConfigureAwait(false);
        await surroundings.Out.FlushAsync(stop).ConfigureAwait(false);
    }
}
