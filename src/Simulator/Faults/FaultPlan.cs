using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Simulator.Faults;

/// <summary>A handler that is connected at one node, and how it behaves.</summary>
/// <param name="SilentPermille">Calls that it never answers.</param>
/// <param name="FailsPermille">Calls that it answers with a failure.</param>
internal sealed record HandlerPlan(
    HandlerDeclaration Declaration,
    NodeId Node,
    TimeSpan AnswersWithin,
    int SilentPermille,
    int FailsPermille
);

/// <summary>All that will happen to one simulated cluster. Made from the seed alone and always printed.</summary>
/// <param name="StartAt">When each node's agent starts first.</param>
/// <param name="Untagged">Nodes whose kernel was armed by somebody else: tag 0.</param>
/// <param name="DelayMin">Least one-way delay of the network.</param>
/// <param name="DelayMax">Most one-way delay while there is no noise.</param>
/// <param name="FsyncMax">Most time that a sound disk takes.</param>
/// <param name="FaultsEnd">From here on everything is mended.</param>
/// <param name="End">When the run ends.</param>
/// <param name="LogEntriesMax">Few entries are kept before a snapshot replaces them; null: as in the product.</param>
internal sealed record FaultPlan(
    ulong Seed,
    Shape Shape,
    ImmutableArray<TimeSpan> StartAt,
    NodeSet Untagged,
    TimeSpan DelayMin,
    TimeSpan DelayMax,
    TimeSpan FsyncMax,
    ImmutableArray<HandlerPlan> Handlers,
    ImmutableArray<Fault> Faults,
    TimeSpan FaultsEnd,
    TimeSpan End,
    int? LogEntriesMax
)
{
    // A little more than one seed in a hundred. A prime, so that every kind of fault has its turn among them.
    private const ulong RealLedgerEvery = 97;

    /// <summary>The disks are the product's own ledger on SQLite, in step with the simulated ones, and each run of an agent is recorded and
    /// replayed.</summary>
    public bool OnRealLedger { get; init; }

    /// <summary>The rhythms of this life.</summary>
    public TimingProfile Profile { get; init; } = TimingProfile.Default;

    /// <summary>What every node of it goes by.</summary>
    public ProtocolOptions Options
    {
        get
        {
            var options = TunedProtocol.Of(Profile.Tuning) with { UvbEnabled = Shape.Uvb };
            return LogEntriesMax is { } entries ? options with { LogEntriesMax = entries } : options;
        }
    }

    /// <summary>Whether this seed's disks are real ledgers: those of multiples of 97 are.</summary>
    public static bool IsOnRealLedger(ulong seed) => seed % RealLedgerEvery == 0;

    public override string ToString()
    {
        var text = new StringBuilder();
        var culture = CultureInfo.InvariantCulture;
        text.Append(culture, $"seed {Seed}: {Shape}; network {DelayMin.TotalMilliseconds:0.###} to ");
        text.Append(
            culture,
            $"{DelayMax.TotalMilliseconds:0.###} ms; fsync up to {FsyncMax.TotalMilliseconds:0.###} ms"
        );
        text.Append(culture, $"; untagged {Untagged}; faults until {FaultsEnd.TotalSeconds:0.000} s");
        text.Append(culture, $"; end {End.TotalSeconds:0.000} s");
        text.Append(culture, $"; snapshot after {LogEntriesMax?.ToString(culture) ?? "many"} entries");
        text.Append(Profile == TimingProfile.Default ? "" : $"; profile {Profile}");
        text.Append(OnRealLedger ? "; on real ledgers\n" : "\n");
        foreach (var handler in Handlers)
        {
            text.Append(culture, $"  handler {handler}\n");
        }

        foreach (var fault in Faults)
        {
            text.Append(culture, $"  {fault.At.TotalSeconds, 10:0.000000} {fault.Kind}: {fault}\n");
        }

        return text.ToString();
    }
}
