using ClusterRas.Fabric;
using ClusterRas.Protocol;
using ClusterRas.Transport.Recording;

namespace ClusterRas.Transport.Tests.Recording;

/// <summary>The run of a node that is alone in its cluster: it founds it, takes a word and answers it.</summary>
public sealed class RunReplayTests
{
    [Fact]
    public void Run_Replayed_Agrees()
    {
        var outcome = Replay(Record(out var steps)).ShouldBeOfType<ReplayOutcome.Agrees>();
        outcome.StepCount.ShouldBe(steps);
        outcome.End.ShouldBe("stopped");
    }

    [Fact]
    public void Run_WithAnyByteAltered_IsUnusable()
    {
        var recording = Record(out _);
        for (var at = 0; at < recording.Length; at++)
        {
            recording[at] ^= 0x10;
            Replay(recording).ShouldBeOfType<ReplayOutcome.Unusable>($"byte {at}");
            recording[at] ^= 0x10;
        }
    }

    [Fact]
    public void Run_CutShortAnywhere_AgreesAsFarAsItGoesOrHasNoStart()
    {
        var recording = Record(out var steps);
        long longest = 0;
        for (var length = 0; length < recording.Length; length += 7)
        {
            switch (Replay(recording[..length]))
            {
                case ReplayOutcome.Agrees agrees:
                    agrees.End.ShouldBeNull();
                    agrees.StepCount.ShouldBeGreaterThanOrEqualTo(longest);
                    longest = agrees.StepCount;
                    break;
                case var outcome:
                    outcome.ShouldBeOfType<ReplayOutcome.Unusable>();
                    longest.ShouldBe(0);
                    break;
            }
        }

        longest.ShouldBeGreaterThanOrEqualTo(steps - 1);
    }

    [Fact]
    public void Run_WhoseStepDecidesOtherwise_SaysWhichStepAndBothDigests()
    {
        var differs = Replay(Record(out _, falseStep: 9)).ShouldBeOfType<ReplayOutcome.Differs>();
        differs.Step.ShouldBe(9);
        differs.Recorded.ShouldNotBe(differs.Replayed);
        differs.SameCore.ShouldBeTrue();
    }

    [Fact]
    public void Run_WhoseLastStepThrewAndDoesNotNow_Differs()
    {
        var start = Start();
        using var output = new MemoryStream();
        using var recorder = new RunRecorder(output, start);
        recorder.Threw(start.NewMachine().NextWake, new Input.Woke(), false, new InvalidOperationException("a rule"));

        Replay(output.ToArray()).ShouldBeOfType<ReplayOutcome.Differs>().Step.ShouldBe(1);
    }

    private static ReplayOutcome Replay(byte[] recording) => RunReplay.Run(new MemoryStream(recording));

    private static RunStart Start()
    {
        Eid eid = new(0xfd00_0000_0000_0000, 1);
        TopologyDie.TryGetGrpcDefault(eid, out var address).ShouldBeTrue();
        var node = new TopologyNode(new NodeId(0), "alone", new Cna(1), [new TopologyDie(new Die(0), eid, address)]);
        return new RunStart(
            new NodeIdentity(new NodeId(0), Samples.Life, Seed: 42),
            Topology.Create("one", [node], [new NodeId(0)]),
            new ProtocolOptions(),
            StoredState.Empty(Samples.Disk),
            Samples.Now,
            "1.2.3",
            RunStart.ThisCore
        );
    }

    /// <param name="falseStep">Of this step another next wake is recorded than the machine wants.</param>
    private static byte[] Record(out long steps, int falseStep = int.MaxValue)
    {
        var start = Start();
        var machine = start.NewMachine();
        using var output = new MemoryStream();
        using var recorder = new RunRecorder(output, start);
        var effects = new List<Effect>();
        var inbox = new Queue<Input>();
        var now = start.Now;
        long done = 0;
        while (done < 60)
        {
            if (done == 30)
            {
                inbox.Enqueue(new Input.Raised(Samples.Report with { RaisedAt = now }, new DeviceRef(0, 1)));
            }

            if (!inbox.TryDequeue(out var input))
            {
                now = machine.NextWake;
                input = new Input.Woke();
            }

            effects.Clear();
            done++;
            machine.Step(now, input, effects);
            var wake = done == falseStep ? Instant.Never : machine.NextWake;
            recorder.Step(now, input, isFollowed: false, effects, wake);
            foreach (var persist in effects.OfType<Effect.Persist>())
            {
                inbox.Enqueue(new Input.Persisted(persist.Ticket));
            }

            foreach (var release in effects.OfType<Effect.Release>())
            {
                inbox.Enqueue(new Input.Returned(release));
            }
        }

        recorder.End("stopped");
        steps = done;
        return output.ToArray();
    }
}
