using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using ClusterRas.Protocol;

namespace ClusterRas.Integration;

/// <summary>Containers lose networks, stand still, die and come back; each panic is in all ledgers once.</summary>
public sealed class ContainerTests(ContainerCluster cluster) : IClassFixture<ContainerCluster>
{
    private const int GapTrials = 2;
    private const int GapTries = 6;

    /// <summary>The headline: the network goes right after a heartbeat, so nobody knows yet when the panic is told.</summary>
    [Fact]
    public async Task OneNetworkCutBetweenHeartbeats_ThenPanic_IsAckedAndRecordedOnce()
    {
        var counted = 0;
        for (var trial = 0; counted < GapTrials; trial++)
        {
            trial.ShouldBeLessThan(GapTries, "cuts did not fit between two heartbeats");
            var die = trial % BedMap.DieCount;
            var (master, witness, victim, picture) = await cluster.CastAsync();
            var (cutFrom, nextDueAt) = await cluster.GapAsync(witness, master, die);
            await witness.DisconnectAsync(die);
            var acking = await cluster.PanicAsync(victim, witness, picture);
            var told = Stopwatch.GetTimestamp();
            var isBetween =
                told < nextDueAt
                && !cluster.Tap.HasBetween(witness.Number, master.Number, die, cutFrom, told)
                && !cluster.Tap.HasBetween(master.Number, witness.Number, die, cutFrom, told);
            counted += isBetween ? 1 : 0;
            var ack = (await acking).ShouldNotBeNull();
            Say(
                $"die{die} of {witness.Name} cut, {victim.Name} dead and told after {Ms(cutFrom, told)} of {Ms(cutFrom, nextDueAt)}"
                    + $"{(isBetween ? "" : " (does not count)")}; acked after {ack.After.TotalMilliseconds:0} ms"
            );
            await witness.ConnectAsync(die);
            await victim.StartAsync();
            await cluster.JudgeAsync();
        }
    }

    [Fact]
    public async Task BothNetworksCut_NoAckBeforeTheyAreBack_ThenOne()
    {
        var (_, witness, victim, picture) = await cluster.CastAsync();
        cluster.MaySilence(witness);
        await witness.DisconnectAsync(0);
        await witness.DisconnectAsync(1);
        var acking = await cluster.PanicAsync(victim, witness, picture);

        // The others know that both are gone: long enough for an ack, if there could be one.
        await cluster.UntilAsync(
            "both to be called silent by the rest",
            async () =>
                await cluster.Small.AskAsync() is { } seen
                && seen.Members.Count(m =>
                    m.HasOpenIncident && (int)m.Node + 1 is var n && (n == witness.Number || n == victim.Number)
                ) == 2
                    ? seen
                    : null
        );
        acking.IsCompleted.ShouldBeFalse("acked without a majority");
        await witness.ConnectAsync(0);
        await witness.ConnectAsync(1);
        var ack = (await acking).ShouldNotBeNull();
        Say($"acked {ack.After.TotalSeconds:0.0} s after the word, with both networks back");
        await victim.StartAsync();
        await cluster.JudgeAsync();
    }

    [Fact]
    public async Task MasterPaused_AnotherTakesOver_AndAPanicMeanwhileIsAckedOnce()
    {
        var (master, witness, victim, picture) = await cluster.CastAsync();
        cluster.MaySilence(master);
        await master.PauseAsync();
        var acking = await cluster.PanicAsync(victim, witness, picture);
        var ack = (await acking).ShouldNotBeNull();
        var after = (await witness.AskAsync()).ShouldNotBeNull();
        after.Term.ShouldBeGreaterThan(picture.Term);
        after.Master.ShouldNotBe(master.Number);
        Say(
            $"{master.Name} paused: n{after.Master:00} is master of term {after.Term}; acked after {ack.After.TotalMilliseconds:0} ms"
        );
        await master.UnpauseAsync();
        await victim.StartAsync();
        await cluster.JudgeAsync();
    }

    [Fact]
    public async Task MasterKilled_ItsOwnPanicIsAckedOnce()
    {
        var (master, witness, _, picture) = await cluster.CastAsync();
        var ack = (await await cluster.PanicAsync(master, witness, picture)).ShouldNotBeNull();
        Say($"{master.Name}, the master, killed: acked after {ack.After.TotalMilliseconds:0} ms");
        await master.StartAsync();
        await cluster.JudgeAsync();
    }

    [Fact]
    public async Task RestartedWithItsVolume_KeepsItsLedgerAndBeginsTheNextLife()
    {
        var (_, witness, node, picture) = await cluster.CastAsync();
        (await await cluster.PanicAsync(node, witness, picture)).ShouldNotBeNull();
        await node.StartAsync();
        await cluster.JudgeAsync();
        var before = await cluster.SettleAsync();

        cluster.MaySilence(node);
        await node.StopAsync();
        var kept = node.Ledger.Read();
        kept.ShouldNotBeEmpty();
        await node.StartAsync();

        var after = await cluster.SettleAsync();
        after.TagOf(node.Number).ShouldBe(before.TagOf(node.Number) + 1);
        node.Ledger.Read().Select(row => row.Id).ShouldBe(kept.Select(row => row.Id), ignoreOrder: true);
        await cluster.JudgeAsync();
    }

    [Fact]
    public async Task VolumeFull_TheOthersAck_AndTheLedgerCatchesUpOnceThereIsSpace()
    {
        var (_, witness, victim, picture) = await cluster.CastAsync();
        (await cluster.Small.FillDiskAsync()).ExitCode.ShouldNotBe(0, "dd ends when the disk is full");
        var ack = (await await cluster.PanicAsync(victim, witness, picture)).ShouldNotBeNull();
        await StorageAsync("stalled");
        cluster.Small.Ledger.Read().ShouldNotContain(row => row.Kind == EventKind.Panic && row.IsOpen);
        Say($"volume of {cluster.Small.Name} full: acked by the others after {ack.After.TotalMilliseconds:0} ms");
        (await cluster.Small.FreeDiskAsync()).ExitCode.ShouldBe(0);
        await StorageAsync("sound");
        await victim.StartAsync();
        await cluster.JudgeAsync();
    }

    private Task<string> StorageAsync(string condition) =>
        cluster.UntilAsync(
            $"storage of {cluster.Small.Name} {condition}",
            async () =>
                (await cluster.Small.RasctlAsync("status")).GetProperty("storage")
                    is { ValueKind: JsonValueKind.String } said
                && said.ValueEquals(condition)
                    ? "yes"
                    : null
        );

    private static string Ms(long from, long to) =>
        string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(from, to).TotalMilliseconds:0} ms");

    private static void Say(string text) => Console.WriteLine(text);
}
