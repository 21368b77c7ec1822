using System.Globalization;
using System.Security.Cryptography;
using ClusterRas.Protocol;

namespace ClusterRas.Master.Tests;

public sealed class LedgerKillTests(ITestOutputHelper output) : IDisposable
{
    private const int Rounds = 20;

    private readonly TestFolder folder = new();

    /// <summary>Set to replay a round that failed.</summary>
    private static ulong Seed =>
        ulong.TryParse(Environment.GetEnvironmentVariable("LEDGER_SEED"), out var seed)
            ? seed
            : (ulong)RandomNumberGenerator.GetInt32(int.MaxValue);

    [Fact]
    public void Ledger_KilledInTheMiddleOfWrites_HoldsAllThatWasPersistedAndNoPartOfAWrite()
    {
        var seed = Seed;
        output.WriteLine($"LEDGER_SEED={seed}");
        var prng = new Prng(seed);
        var storm = new Storm(seed);
        long done = 0;

        for (var round = 1; round <= Rounds; round++)
        {
            var persisted = done;
            using (var victim = VictimProcess.Start(folder.Path))
            {
                victim.WaitFor("opened").ShouldBe(done == 0 ? "Fresh" : "Sound");
                victim.Say(string.Create(CultureInfo.InvariantCulture, $"storm {seed} {done}"));
                for (var lines = 1 + prng.Below(20); lines > 0; lines--)
                {
                    persisted = Number(victim.WaitFor("persisted"));
                }

                // A told write is followed at once by the next transaction: the kill hits another point of it each
                // time.
                Thread.SpinWait((int)prng.Below(100_000));
                var rest = victim.Kill();
                foreach (var line in rest.Where(line => line.StartsWith("persisted ", StringComparison.Ordinal)))
                {
                    persisted = Number(line["persisted ".Length..]);
                }
            }

            ShouldHoldAtLeast(storm, persisted, round);
            done = storm.Number;
        }
    }

    public void Dispose() => folder.Dispose();

    /// <summary>The disk holds exactly the first n writes, for an n from what was told as persisted to what was
    /// enqueued.</summary>
    /// <param name="storm">Where it was after the round before; afterwards, at that n.</param>
    private void ShouldHoldAtLeast(Storm storm, long persisted, int round)
    {
        var opening = folder.Look();
        opening.Condition.ShouldBe(LedgerCondition.Sound, $"round {round}: {opening.Reason}");

        while (storm.Number < persisted)
        {
            storm.Next();
        }

        var state = opening.State;
        while (storm.State(state.Disk, state.CommitIndex) != state)
        {
            (storm.Number - persisted).ShouldBeLessThan(
                LedgerVictim.UnderWayMax,
                $"round {round}: what is on disk is no state after any write from {persisted} on; it has "
                    + $"{state.Entries.Count} entries, term {state.HardState.Term}"
            );
            storm.Next();
        }

        var notes = opening.Notes.Count == 0 ? "" : "; " + string.Join("; ", opening.Notes);
        output.WriteLine($"round {round}: {persisted} told as persisted, {storm.Number} on disk{notes}");
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
