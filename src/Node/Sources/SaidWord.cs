using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Node.Sources;

/// <summary>A word that a program says over the API, or an operator as a drill.</summary>
/// <param name="Door"><see cref="ReportDoor.Said"/> or <see cref="ReportDoor.Drill"/>.</param>
/// <param name="Kind">What is claimed.</param>
/// <param name="Victim">About whom.</param>
/// <param name="Nonce">The sender's, kept through its resends.</param>
internal sealed record SaidWord(ReportDoor Door, EventKind Kind, NodeId Victim, UInt128 Nonce)
{
    /// <summary>The victim's boot; zero: unknown.</summary>
    public BootId VictimBoot { get; init; }

    /// <summary>The victim's life tag; 0: unknown.</summary>
    public int Tag { get; init; }

    /// <summary>How long the sender waits, in ms and exactly; null: it does not.</summary>
    public long? WindowMs { get; init; }

    /// <summary>How long ago it was said, where it was on its way.</summary>
    public TimeSpan Age { get; init; }

    /// <summary>More about it.</summary>
    public EventDetail? Detail { get; init; }

    /// <summary>The word as the core takes it, without a device: a caller waits.</summary>
    /// <exception cref="ArgumentException">Not a kind or door for saying; window or tag out of range.</exception>
    public Input.Raised RaisedBy(Witness witness, Instant now)
    {
        if (!Kind.IsReportable() || Door is not (ReportDoor.Said or ReportDoor.Drill))
        {
            throw new ArgumentException($"{Kind} cannot be raised by door {Door}.");
        }

        if (WindowMs is < 0 or > Limits.WindowMsMax || Tag is < 0 or > Life.TagMax)
        {
            throw new ArgumentException($"Window {WindowMs} ms or tag {Tag} is out of range.");
        }

        var raisedAt = Age > TimeSpan.Zero ? now - Age : now;
        var words = new Words(
            ReportId.ForNonce(witness.Node, witness.Boot, Door, Kind, Nonce),
            VictimEid: null,
            VictimCna: null,
            Victim,
            VictimBoot,
            Tag,
            WindowMs is null ? Waiter.Nobody : Waiter.Ours,
            WindowMs,
            Detail
        );
        Instant? ends = WindowMs is { } window ? raisedAt + TimeSpan.FromMilliseconds(window) : null;
        return new Input.Raised(new Report(words, raisedAt, ends), Device: null);
    }
}
