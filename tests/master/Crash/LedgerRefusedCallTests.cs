using ClusterRas.Protocol;

namespace ClusterRas.Master.Tests.Crash;

/// <summary>One call of SQLite to the disk fails in each run while a ledger works, a sample of them all. Whatever the ledger makes of it, what
/// it told is there afterwards, also if the power goes at any point of the run.</summary>
public sealed class LedgerRefusedCallTests(ITestOutputHelper output)
{
    private const int WriteCount = 14;
    private const int RunsMax = 30;
    private const int PointsOneIn = 15;

    [Fact]
    public void Ledger_DiskIsFullAtAnyCall_StallsAndLosesNothing() =>
        EachCall(
            call => call == DiskCall.Sync ? DiskAnswer.Done : DiskAnswer.Full,
            writesHalf: false,
            story => story.Failure.ShouldBeNull()
        );

    [Fact]
    public void Ledger_WriteIsShortAtAnyCall_StallsAndLosesNothing() =>
        EachCall(
            call => call == DiskCall.Write ? DiskAnswer.Full : DiskAnswer.Done,
            writesHalf: true,
            story => story.Failure.ShouldBeNull()
        );

    [Fact]
    public void Ledger_WriteFailsAtAnyCall_EndsOrGoesOnAndLosesNothing() =>
        EachCall(
            call =>
                call switch
                {
                    DiskCall.Write => DiskAnswer.WriteError,
                    DiskCall.Truncate => DiskAnswer.TruncateError,
                    _ => DiskAnswer.Done,
                },
            writesHalf: true,
            _ => { }
        );

    [Fact]
    public void Ledger_FsyncFailsAtAnyCall_EndsTheProcessAndLosesNothing() =>
        EachCall(
            call => call == DiskCall.Sync ? DiskAnswer.SyncError : DiskAnswer.Done,
            writesHalf: false,
            story => story.Failure.ShouldNotBeNull()
        );

    [Fact]
    public void Ledger_CheckpointHangs_ServesReadersTakesWorkAndTellsAllAfterwards()
    {
        using var goOn = new ManualResetEventSlim();
        using var hangs = new ManualResetEventSlim();
        using var folder = new TestFolder();
        using var disk = new WatchedDisk(folder.Path);
        using var ledger = Ledger.Open(CrashStory.OptionsFor(folder.Path), WireCodec.Instance).Ledger;
        var told = new Told();
        ledger.Start(told.Signals);
        disk.Fault = (call, file) =>
        {
            if (call == DiskCall.Write && file == "ledger.db")
            {
                hangs.Set();
                goOn.Wait();
            }

            return DiskAnswer.Done;
        };
        try
        {
            // More pages than a checkpoint waits for.
            Entry[] many = [.. Enumerable.Range(1, 60).Select(index => Samples.Bulk(index, 1, "bulk", 3000))];
            ledger.Enqueue(new(1), Samples.Append(many)).ShouldBeTrue();
            told.WaitForPersisted(1);
            hangs.Wait(Told.Patience, TestContext.Current.CancellationToken).ShouldBeTrue();

            ledger.Enqueue(new(2), Samples.Append(Samples.Text(61, 1, "meanwhile"))).ShouldBeTrue();
            ledger.Reader.Incidents(10, null).ShouldBeEmpty();
            told.Persisted.ShouldBe([1]);
        }
        finally
        {
            goOn.Set();
        }

        told.WaitForPersisted(2);
        told.Stalled.ShouldBeEmpty();
        told.Failed.ShouldBeEmpty();
    }

    /// <summary>Plays the story again for each call that can be refused, or for some of them.</summary>
    private void EachCall(Func<DiskCall, DiskAnswer> refuse, bool writesHalf, Action<CrashStory> expect)
    {
        var seed = CrashSeed.Draw(output);
        var calls = 0;
        Play(
            seed,
            call =>
            {
                calls += refuse(call) != DiskAnswer.Done ? 1 : 0;
                return DiskAnswer.Done;
            },
            writesHalf,
            _ => { }
        );
        var step = Math.Max(1, calls / RunsMax);
        var (runs, refusals) = (0, 0);
        for (var at = (int)(seed % (ulong)step); at < calls; at += step, runs++)
        {
            var left = at;
            var refused = false;
            Play(
                seed,
                call =>
                {
                    var answer = refuse(call);
                    if (answer == DiskAnswer.Done || left-- != 0)
                    {
                        return DiskAnswer.Done;
                    }

                    refused = true;
                    return answer;
                },
                writesHalf,
                story =>
                {
                    if (refused)
                    {
                        refusals++;
                        expect(story);
                    }
                }
            );
        }

        output.WriteLine($"{calls} calls, {runs} of them refused, {refusals} times");
        refusals.ShouldBeGreaterThan(runs / 2, "a run groups its writes a little otherwise, but not so much");
    }

    private static void Play(ulong seed, Func<DiskCall, DiskAnswer> refuse, bool writesHalf, Action<CrashStory> expect)
    {
        using var story = new CrashStory(seed);
        story.Live(1);
        story.Refuse = refuse;
        story.Disk.WritesHalf = writesHalf;
        story.Live(WriteCount);
        expect(story);
        var check = new CrashCheck(seed, story.DiskId);
        check.Run(story.Disk.Operations, PointsOneIn);
        check.Findings.ShouldBeEmpty();
    }
}
