using ClusterRas.Fabric;
using ClusterRas.Protocol;
using ClusterRas.Transport.Recording;

namespace ClusterRas.Simulator.Tests;

/// <summary>The door of <c>./x replay</c>: what it says and its exit code.</summary>
public sealed class ReplaysTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("replays-").FullName;

    [Fact]
    public void Recordings_ThatAgree_AreExit0()
    {
        var (code, said) = Run(Record("a", isTrue: true), Record("b", isTrue: true));
        code.ShouldBe(0);
        said.ShouldContain("a: 3 steps agree; the recording ends: stopped");
        said.ShouldContain("b: 3 steps agree");
    }

    [Fact]
    public void Recording_ThatDecidesOtherwise_IsExit1AndNamesTheStepTheInputAndBothDigests()
    {
        var (code, said) = Run(Record("a", isTrue: true), Record("b", isTrue: false));
        code.ShouldBe(1);
        said.ShouldContain("b: step 3 decides otherwise, at ");
        said.ShouldContain("input     Woke");
        said.ShouldMatch("recorded  [0-9a-f]{16}\n  replayed  [0-9a-f]{16}");
    }

    [Fact]
    public void Recording_WithAnAlteredByte_IsExit2AndSaysWhere()
    {
        var path = Record("a", isTrue: true);
        var bytes = File.ReadAllBytes(path);
        bytes[^3] ^= 1;
        File.WriteAllBytes(path, bytes);

        var (code, said) = Run(path);

        code.ShouldBe(2);
        said.ShouldContain("a: cannot be used: after step 3: it is damaged");
    }

    [Fact]
    public void Recording_ThatIsNone_IsExit2()
    {
        var path = Path.Combine(folder, "text");
        File.WriteAllText(path, "hello");
        Run(path).Code.ShouldBe(2);
        Run(Path.Combine(folder, "absent")).Code.ShouldBe(2);
        Run().Code.ShouldBe(2);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static (int Code, string Said) Run(params string[] files)
    {
        using var said = new StringWriter { NewLine = "\n" };
        return (Replays.Run(files, said), said.ToString());
    }

    private string Record(string name, bool isTrue)
    {
        var start = new RunStart(
            new NodeIdentity(new NodeId(0), new Life(new BootId(1), 1), Seed: 7),
            new Shape(3, 3, 1, false).Topology,
            new ProtocolOptions(),
            StoredState.Empty(new DiskId(1)),
            new Instant(1_000_000_000),
            "1.0",
            RunStart.ThisCore
        );
        var path = Path.Combine(folder, name);
        using var file = File.Create(path);
        using var recorder = new RunRecorder(file, start);
        var machine = start.NewMachine();
        for (var step = 1; step <= 3; step++)
        {
            var effects = new List<Effect>();
            var now = machine.NextWake;
            machine.Step(now, new Input.Woke(), effects);
            recorder.Step(now, new Input.Woke(), false, effects, isTrue || step < 3 ? machine.NextWake : Instant.Never);
        }

        recorder.End("stopped");
        return path;
    }
}
