using System.Diagnostics;

namespace ClusterRas.Demo;

/// <summary>Step 1: all processes start, find each other and elect a master.</summary>
internal sealed class ElectionStep(Stage stage)
{
    private static readonly TimeSpan StartWithin = TimeSpan.FromSeconds(60);

    /// <summary>Ends when every node, asked by itself, names the same master.</summary>
    public async Task<ClusterView> RunAsync()
    {
        var timeline = stage.Timeline;
        timeline.Step(1, $"{stage.Options.Nodes} nodes start and elect a master");
        var map = await stage.OpenAsync();
        var control = string.Join(' ', map.ControlGroup.Select(id => map[id].Name));
        timeline.Say(
            "demo",
            $"the map: {map.Nodes.Length} nodes x {map.DieCount} DIEs, e.g. n01 = {map.Nodes[0].Dies[0].Eid}"
        );
        timeline.More($"{map.Nodes[0].Dies[1].Eid}; control group: {control}");
        var start = Stopwatch.GetTimestamp();
        foreach (var machine in stage.Machines)
        {
            machine.Boot();
        }

        timeline.Say("demo", $"{stage.Machines.Count} rasd processes are started");
        var first = stage.Machines[0];
        var elected = await stage.UntilAsync(
            "a master",
            StartWithin,
            async () => await stage.Operator.StatusAsync(first, stage.Stop) is { Master: not null } view ? view : null,
            first
        );
        var took = Stopwatch.GetElapsedTime(start);
        timeline.Say(
            elected.Master ?? "",
            $"is master of term {elected.Term}, {Seconds.Of(took)} after the start of the processes"
        );

        var whole = await stage.UntilAsync(
            "every node up on both rails",
            StartWithin,
            async () =>
                await stage.Operator.StatusAsync(first, stage.Stop) is { } view
                && view.Members.Count == stage.Machines.Count
                && view.Members.All(m => m.Health == "up" || m.Name == first.Name)
                    ? view
                    : null,
            first
        );
        timeline.Say(first.Name, $"hears all {whole.Members.Count - 1} others on both rails");

        if (stage.Bed is WiredBed wired)
        {
            await new WireStep(stage, wired).RunAsync();
        }

        // Sixteen that start at once on one machine may starve their first master: what counts is whom they settle on.
        var agreed = await stage.UntilAsync(
            "one master whom every node names",
            StartWithin,
            async () =>
            {
                var views = await Stage.AskEachAsync(stage.Machines, m => stage.Operator.StatusAsync(m, stage.Stop));
                var mine = views[0].Answer;
                return
                    mine is { Master: not null }
                    && views.All(v => v.Answer?.Master == mine.Master && v.Answer?.Term == mine.Term)
                    ? mine
                    : null;
            },
            first
        );
        stage.Expectations.State(
            agreed.Members.Count == stage.Machines.Count,
            $"{stage.Machines.Count} of {agreed.Members.Count} nodes, each asked by itself, name {agreed.Master} as "
                + $"master of term {agreed.Term}"
        );
        return agreed;
    }
}
