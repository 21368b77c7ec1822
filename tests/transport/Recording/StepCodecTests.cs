using ClusterRas.Fabric;
using ClusterRas.Protocol;
using ClusterRas.Transport.Recording;
using V1 = ClusterRas.Wire.V1;

namespace ClusterRas.Transport.Tests.Recording;

/// <summary>What is recorded comes back as it was, instants to the nanosecond.</summary>
public sealed class StepCodecTests
{
    private static readonly Effect Given = new Effect.Alarm(Samples.Incident, new NodeId(3), EventKind.Panic, default);
    private static readonly LinkId Link = new(new NodeId(3), new Die(1), TransportKind.Grpc);
    private static readonly DeviceRef Device = new(2, 5, KeepsCopies: false);

    public static TheoryData<Input> Inputs =>
        [
            new Input.Woke(),
            new Input.LinkOpened(Link),
            new Input.LinkClosed(Link with { Transport = TransportKind.Urma }, LinkLoss.Refused),
            new Input.Raised(Samples.Report, Device),
            new Input.Raised(Samples.Report, Device with { KeepsCopies = true }),
            new Input.Raised(Samples.ReportWithoutWindow, null),
            new Input.DeviceReopened(Device),
            new Input.Released(Samples.DeviceId, ReleaseOutcome.NoSuchMessage),
            new Input.Persisted(new Ticket(77)),
            new Input.StorageStalled("full"),
            new Input.HandlersPresent(["fence-it", "tell"]),
            new Input.HandlersPresent([]),
            new Input.HandlerAnswered(default, Samples.Result),
            new Input.HandlerAnswered(Samples.Incident, Samples.Result),
            new Input.Asked(9, new EntryPayload.HandlerDeclared(Samples.Handler)),
            new Input.Withdrawn(9),
            new Input.RecoveryOrdered(9, Order),
            new Input.Returned(Given),
        ];

    private static SurvivorState Survivor =>
        new(
            new NodeId(0),
            Samples.Disk,
            Samples.Cluster,
            Epoch: 3,
            EpochHeard: 4,
            new Term(7),
            new Term(6),
            new LogIndex(20),
            new LogIndex(19),
            [new Voter(new NodeId(0), Samples.Disk), new Voter(new NodeId(2), default)],
            new NodeId(0),
            [new NodeId(0), new NodeId(5)],
            IsRetired: true
        );

    private static RecoveryOrder Order =>
        new(
            [
                Survivor,
                Survivor with
                {
                    Node = new NodeId(1),
                    Master = null,
                    Voters = [],
                    Hears = [],
                    IsRetired = false,
                },
            ],
            [new NodeId(3), new NodeId(4)],
            "abc",
            new Warrant("me", "fire", 123)
        );

    [Theory]
    [MemberData(nameof(Inputs))]
    public void Input_WrittenAndRead_IsTheSame(Input input) => Reread(input).ShouldBe(input);

    [Fact]
    public void Inputs_AreAllTried() =>
        Inputs
            .Select(row => row.Data.GetType())
            .Append(typeof(Input.Arrived))
            .Distinct()
            .Count()
            .ShouldBe(typeof(Input).GetNestedTypes().Length);

    /// <summary>A frame as the wire hands it up, at an odd nanosecond.</summary>
    [Fact]
    public void Arrived_WithEveryMessage_IsTheSame()
    {
        var arrival = new Instant(Samples.Now.Nanoseconds + 123_456_789);
        foreach (var sample in Samples.Frames)
        {
            var bytes = FrameCodec.Encode(sample, Samples.Now);
            FrameCodec.TryDecodeBulk(bytes, arrival, out var frame, out var reason);
            if (frame is null)
            {
                FrameCodec.TryDecode(bytes, arrival, out frame, out reason).ShouldBeTrue(reason);
            }

            var arrived = new Input.Arrived(Link, frame.ShouldNotBeNull());
            Reread(arrived).ShouldBe(arrived);
        }
    }

    [Fact]
    public void Options_WithNoneAtItsDefault_AreTheSame()
    {
        var odd = new ProtocolOptions();
        foreach (var property in typeof(ProtocolOptions).GetProperties().Where(property => property.CanWrite))
        {
            object value = property.GetValue(odd) switch
            {
                TimeSpan span => span + TimeSpan.FromTicks(7),
                int count => count + 7,
                bool yes => !yes,
                var other => throw new InvalidOperationException($"{property.Name} is {other}"),
            };
            property.SetValue(odd, value);
        }

        OptionsByName.Read(OptionsByName.Write(odd).ToDictionary()).ShouldBe(odd);
    }

    private static Input Reread(Input input)
    {
        var step = new V1.RecordedStep();
        StepWriter.Put(step, input, effect => ReferenceEquals(effect, Given) ? 4UL : 0);
        return StepReader.Read(step, number => number == 4 ? Given : null);
    }
}
