using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.StepBench;

/// <summary>Words of a witness about a node that is well: what they cost is the same.</summary>
internal sealed class ReportMaker(Ensemble ensemble)
{
    private const int WindowMs = 35_000;

    /// <summary>One more panic, at the next witness.</summary>
    public void Panic(int number)
    {
        var witness = new NodeId(1 + (number % (ensemble.Count - 1)));
        var victim = new NodeId(0);
        var now = ensemble.Now;
        var id = ReportId.ForDevice(
            witness,
            new BootId((UInt128)(witness.Value + 1)),
            EventKind.Panic,
            (ulong)number + 1,
            (ulong)now.Nanoseconds
        );
        var words = new Words(id, null, null, victim, default, 0, Waiter.StockRemote, WindowMs, null);
        ensemble.Give(
            witness.Value,
            new Input.Raised(new Report(words, now, now + TimeSpan.FromMilliseconds(WindowMs)), new DeviceRef(1, 1))
        );
    }
}
