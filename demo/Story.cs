namespace ClusterRas.Demo;

/// <summary>The whole demo, in order.</summary>
internal sealed class Story(Stage stage)
{
    private static readonly TimeSpan AllStoppedWithin = TimeSpan.FromSeconds(5);

    /// <summary>What a stranger must know to read on.</summary>
    public void Legend()
    {
        var timeline = stage.Timeline;
        timeline.Plain($"{stage.Options.Nodes} nodes with two ways (DIEs) to each other, each a real rasd process.");
        timeline.Plain($"Bed: {stage.Bed.Description}.");
        timeline.Plain(
            """

            How to read on: seconds since the start, who, and what they do or say.
              master     the one elected node that takes last words in; its term grows with every election
              panic      played by SIGKILL and dead rails; the victim's own rasd never speaks
              witness    a node whose kernel is told that another one dies; its rasd reports it
              window     how long the dying kernel waits, 35 s; the ack lets it go on early
              recorded   the answer: the event is on the disks of a majority of the control group
            """
        );
    }

    /// <summary>Plays all steps. Ends early only by an exception.</summary>
    public async Task TellAsync()
    {
        var view = await new ElectionStep(stage).RunAsync();
        var count = stage.Machines.Count;
        var master = stage[view.Master ?? ""];
        var victim = Pick(count * 3 / 4, master);
        var anchor = Pick(1, master, victim);
        await new RailStep(stage).RunAsync(Pick(count / 2, master, anchor), anchor);

        var incidents = new IncidentEverywhere(stage);
        var deaths = new DeathSteps(stage, incidents);
        await deaths.PanicAsync(victim, anchor);
        view = await ViewAsync(anchor);
        await deaths.MasterPanicAsync(stage[view.Master ?? ""], view.Term, anchor);
        view = await ViewAsync(anchor);
        await deaths.RebootAsync(Pick(count / 4, stage[view.Master ?? ""], anchor), anchor);

        stage.Timeline.Step(6, "What is left in the ledgers");
        await incidents.CompleteAsync();
        var oddities = stage.Machines.SelectMany(m => m.Kernel.Oddities.Select(o => $"{m.Name}: {o}")).ToList();
        stage.Expectations.State(
            oddities.Count == 0,
            "no kernel got an ack too many" + string.Concat(oddities.Select(o => "; " + o))
        );
    }

    /// <summary>SIGTERM for everybody.</summary>
    public async Task EndAsync()
    {
        var times = await Task.WhenAll(stage.Machines.Select(m => m.StopAsync(AllStoppedWithin)));
        stage.Expectations.State(
            times.All(t => t is not null),
            $"all {times.Length} rasd processes stop on SIGTERM within {AllStoppedWithin.TotalSeconds:0} s"
                + (times.Max() is { } last ? $", the last one after {Seconds.Of(last)}" : "")
        );
    }

    /// <summary>What to try while the cluster stays up.</summary>
    public void Invite()
    {
        var (timeline, bed) = (stage.Timeline, stage.Bed);
        timeline.Plain("\nThe cluster stays up until Ctrl-C. Paste into another terminal:\n");
        var enter = bed.EnterCommand is { } command ? command + " " : "";
        if (enter.Length > 0)
        {
            timeline.Plain($"  bed() {{ {enter}\"$@\"; }}");
        }

        timeline.Plain(
            $"  ctl() {{ {enter}{Quote(stage.Options.Rasctl)} --topology {Quote(stage.TopologyPath)} \"$@\"; }}"
        );
        timeline.Plain("  ctl status                    # who is master, how everybody looks");
        timeline.Plain("  ctl --node n03 events list    # what n03 knows about the three deaths");
        timeline.Plain("  ctl events watch              # stays, and tells what changes");
        timeline.Plain("  ctl drill panic n02           # a word about n02 that is marked as a drill");
        if (bed.CutCommand(1, 0) is { } cut)
        {
            timeline.Plain($"  bed {cut}    # pull a cable; \"up\" puts it back");
        }

        timeline.Plain($"  tail -f {Quote(stage.Machines[0].LogPath)}");
    }

    private static string Quote(string path) => $"'{path.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private Task<ClusterView> ViewAsync(Machine asked) =>
        stage.UntilAsync(
            "a master",
            TimeSpan.FromSeconds(10),
            async () => await stage.Operator.StatusAsync(asked, stage.Stop) is { Master: not null } view ? view : null,
            asked
        );

    // From this place on, whoever has no other part.
    private Machine Pick(int place, params Machine[] taken) =>
        stage.Machines.Skip(place).Concat(stage.Machines).First(m => !taken.Contains(m));
}
