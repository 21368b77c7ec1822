using System.Diagnostics;

namespace ClusterRas.Demo;

/// <summary>Steps 3 to 5: a node panics, the master panics, a node reboots; each comes back.</summary>
internal sealed class DeathSteps(Stage stage, IncidentEverywhere incidents)
{
    private static readonly TimeSpan NewMasterWithin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan BackWithin = TimeSpan.FromSeconds(20);

    /// <summary>A node that is not the master panics.</summary>
    public async Task PanicAsync(Machine victim, Machine asked)
    {
        stage.Timeline.Step(3, $"{victim.Name} panics");
        var words = new LastWords(stage, victim, EventWords.Panic);
        await words.ArmAsync(asked);
        await victim.DieAsync();
        await words.TellAsync(WitnessesOf(victim));
        await incidents.OpenAsync(victim, EventWords.Panic, words.LastAckAt);
        await ReturnAsync(victim, asked);
    }

    /// <summary>The master itself panics.</summary>
    public async Task MasterPanicAsync(Machine master, long term, Machine asked)
    {
        stage.Timeline.Step(4, $"The master itself, {master.Name}, panics");
        var words = new LastWords(stage, master, EventWords.Panic);
        await words.ArmAsync(asked);
        var died = Stopwatch.GetTimestamp();
        await master.DieAsync();
        var telling = words.TellAsync(WitnessesOf(master));
        var view = await stage.UntilAsync(
            "a new master",
            NewMasterWithin,
            async () =>
                await stage.Operator.StatusAsync(asked, stage.Stop) is { Master: { } name } view && name != master.Name
                    ? view
                    : null,
            asked
        );
        stage.Timeline.Say(
            view.Master ?? "",
            $"is master of term {view.Term}; {asked.Name} says so {Seconds.Since(died)} after the death"
        );
        await telling;
        stage.Timeline.More(
            $"from {master.Name}'s death to the last ack: {Seconds.Of(Stopwatch.GetElapsedTime(died, words.LastAckAt))}"
        );
        stage.Expectations.State(
            view.Term > term,
            $"{view.Master} follows {master.Name}, and terms only grow: {term}, {view.Term}"
        );
        await incidents.OpenAsync(master, EventWords.Panic, words.LastAckAt);
        await ReturnAsync(master, asked);
    }

    /// <summary>A node says that it reboots, and does.</summary>
    public async Task RebootAsync(Machine victim, Machine asked)
    {
        stage.Timeline.Step(5, $"{victim.Name} reboots in good order");
        var words = new LastWords(stage, victim, EventWords.Reboot);
        await words.ArmAsync(asked);
        await words.TellAsync(WitnessesOf(victim));
        await incidents.OpenAsync(victim, EventWords.Reboot, words.LastAckAt);
        var took = await victim.StopAsync(StopWithin);
        stage.Expectations.State(
            took is not null,
            $"rasd of {victim.Name} stops on SIGTERM within {StopWithin.TotalSeconds:0} s"
                + (took is { } time ? $": {Seconds.Of(time)}" : "")
        );
        await victim.SetRailsAsync(isUp: false);
        stage.Timeline.Say(victim.Name, "its kernel restarts; both rails are dead meanwhile");
        await ReturnAsync(victim, asked);
    }

    // Two others, the first a control node and the last mostly none; the master only where there is nobody else.
    private List<Machine> WitnessesOf(Machine victim)
    {
        var others = stage.Running.Where(m => m != victim).ToList();
        return [others[0], others[^1]];
    }

    private async Task ReturnAsync(Machine victim, Machine asked)
    {
        await victim.SetRailsAsync(isUp: true);
        var booted = Stopwatch.GetTimestamp();
        victim.Boot();
        stage.Timeline.Say(victim.Name, "boots again: new boot id, same disk");
        await incidents.ClosedAsync(victim, booted);
        await stage.UntilAsync(
            $"{victim.Name} up on both rails again",
            BackWithin,
            async () =>
                await stage.Operator.StatusAsync(asked, stage.Stop) is { } view && view[victim.Name].Health == "up"
                    ? view
                    : null,
            asked
        );
        stage.Timeline.Say(asked.Name, $"hears {victim.Name} on both rails again");
    }
}
