using System.Text.Json.Serialization;

namespace ClusterRas.Console.View;

/// <summary>How something stands, for colours and symbols: the words beside it say what it is.</summary>
public enum Level
{
    /// <summary>As it should be.</summary>
    Good,

    /// <summary>Works, with less in reserve than it should have.</summary>
    Weak,

    /// <summary>Somebody has to look at it now.</summary>
    Bad,

    /// <summary>Nothing is known.</summary>
    Unknown,
}

/// <summary>A sentence for people, and how bad it is.</summary>
public sealed record Headline(Level Level, string Text);

/// <summary>How the control group stands, as the serving node sees it.</summary>
/// <param name="Live">Voters that are heard, and on whom there is no open report.</param>
/// <param name="CanLose">So many of the live ones may still fall silent at once before nobody can ack; negative: so many are missing.</param>
public sealed record QuorumView(int Voters, int Live, int Majority, int CanLose, string Words);

/// <summary>One node as it looks from the serving node and by the ledger.</summary>
/// <param name="State">told, silent, stopping, rejoined, up, degraded, agent down, unheard or unknown.</param>
/// <param name="Rails">Per rail of the serving node: heard, late, not heard, refused, or never.</param>
public sealed record MemberView(
    int Id,
    string Name,
    string State,
    Level Level,
    bool Voter,
    bool Master,
    bool Serving,
    int Tag,
    long? OpenIncident,
    long MapVersion,
    IReadOnlyList<string> Rails
);

/// <summary>A declared handler.</summary>
public sealed record HandlerView(
    string Name,
    IReadOnlyList<string> Kinds,
    long DeadlineMs,
    bool Required,
    bool Idempotent
);

/// <summary>The first page: is the cluster whole.</summary>
/// <param name="Node">Who says all this.</param>
/// <param name="Version">Of that node's program.</param>
/// <param name="OtherVersions">Who is heard and runs another version, with both; empty: nobody.</param>
/// <param name="ClockDifferences">Who is heard and whose wall clock differs from the master's, and by how much; empty: nobody.</param>
/// <param name="IncidentsShown">So many of the newest incidents are told, and all open ones.</param>
/// <param name="IncidentsHeld">So many does the ledger hold.</param>
/// <param name="Addresses">Where consoles of this cluster are, the serving node's first: a page whose node dies goes on to the next.</param>
public sealed record OverviewView(
    string Cluster,
    string ClusterId,
    string Node,
    string Version,
    string OtherVersions,
    string ClockDifferences,
    string? Master,
    long Term,
    string Role,
    long CommitIndex,
    Headline Headline,
    QuorumView Quorum,
    IReadOnlyList<MemberView> Members,
    IReadOnlyList<HandlerView> Handlers,
    int Outbox,
    string? StorageTrouble,
    string? Out,
    int OpenIncidents,
    int IncidentsShown,
    int IncidentsHeld,
    IReadOnlyList<string> Addresses
);

/// <summary>What one node last heard of another over one rail, by its own heartbeats.</summary>
public enum Sighting
{
    /// <summary>The node itself.</summary>
    Self,

    /// <summary>Within the silence time.</summary>
    Heard,

    /// <summary>Longer ago than half of the silence time.</summary>
    Late,

    /// <summary>Longer ago than the silence time.</summary>
    Silent,

    /// <summary>A live host refuses the connection.</summary>
    Refused,

    /// <summary>Never in the observer's process.</summary>
    Never,

    /// <summary>The observer itself is not heard, so nobody knows.</summary>
    Unknown,
}

/// <summary>One observer's row of one DIE.</summary>
public sealed record SightRow(string By, IReadOnlyList<Sighting> Cells);

/// <summary>The matrix of one DIE: rows hear columns.</summary>
public sealed record RailMatrix(int Die, IReadOnlyList<SightRow> Rows);

/// <summary>One link of the serving node, with what only its own end can measure.</summary>
/// <param name="Transport">The wire that carries it now, and those that carry copies.</param>
/// <param name="Why">Why it is refused, or else why no better wire carries it; empty: there is nothing to say.</param>
public sealed record OwnLink(
    string Peer,
    int Die,
    string Transport,
    string State,
    Level Level,
    double? RoundTripMs,
    double? JitterMs,
    double LossPercent,
    string Why
);

/// <summary>Who hears whom.</summary>
public sealed record LinksView(
    string Node,
    IReadOnlyList<string> Names,
    IReadOnlyList<RailMatrix> Matrices,
    IReadOnlyList<OwnLink> Own
);

/// <summary>One incident in a list.</summary>
/// <param name="OpenedUnixMs">By the serving node's clock; the log itself carries none.</param>
/// <param name="Revision">Counts what the ledger has added to it: another number, another story.</param>
public sealed record IncidentSummary(
    long Id,
    string Victim,
    string Kind,
    Level Level,
    bool Open,
    bool Told,
    bool Silent,
    bool Drill,
    string Verdict,
    int Reports,
    int Acked,
    int Answers,
    long Term,
    long OpenedUnixMs,
    string Ending,
    string Sentence,
    int Revision
);

/// <summary>One step of an incident's story.</summary>
/// <param name="Index">Its entry in the ledger; null: it has none of its own.</param>
/// <param name="UnixMs">When the serving node learned of it; null: it was not running then, or nobody says.</param>
public sealed record StoryStep(long? Index, long? UnixMs, string What, string Text);

/// <summary>A place where evidence goes; empty until somebody fills it.</summary>
public sealed record EvidenceSlot(string Name, bool Filled, string Text);

/// <summary>Frames of one word that came to the serving node over one link; by another node than the witness: relayed.</summary>
public sealed record FrameCount(string By, int Die, int Count);

/// <summary>One word as it was stored.</summary>
/// <param name="Frames">How it came to the serving node; empty: it was said there, came before that process began, or never came.</param>
public sealed record RawWord(
    long Index,
    string Witness,
    string Door,
    string Kind,
    string High,
    string Low,
    string? VictimEid,
    string? VictimCna,
    string? VictimNode,
    string VictimBoot,
    int Tag,
    string Waiter,
    long? WindowMs,
    long AgeMs,
    long? LeftMs,
    string Detail,
    IReadOnlyList<FrameCount> Frames
);

/// <summary>What one witness got back.</summary>
public sealed record AnswerView(long Index, string Witness, string Verdict, string Outcome, Level Level, long? LeftMs);

/// <summary>What one handler did.</summary>
public sealed record HandlerOutcomeView(string Name, string Outcome, Level Level, string Result, string Message);

/// <summary>How people were told by one channel of one moment of an incident.</summary>
public sealed record ToldView(
    string Channel,
    string Moment,
    string Outcome,
    Level Level,
    int Attempt,
    string By,
    string Detail
);

/// <summary>The window that runs while somebody waits.</summary>
/// <param name="WholeMs">The shortest window that was said.</param>
/// <param name="LeftMs">What was left of it when it was committed first.</param>
/// <param name="AckLeftMs">What was left when the first answer was taken; null: none was.</param>
public sealed record WindowView(long WholeMs, long LeftMs, long? AckLeftMs);

/// <summary>One incident, whole.</summary>
public sealed record IncidentView(
    IncidentSummary Summary,
    string Life,
    string Silence,
    WindowView? Window,
    IReadOnlyList<StoryStep> Story,
    IReadOnlyList<AnswerView> Answers,
    IReadOnlyList<HandlerOutcomeView> Handlers,
    IReadOnlyList<ToldView> Told,
    IReadOnlyList<EvidenceSlot> Evidence,
    IReadOnlyList<RawWord> Words
);

/// <summary>A term as the serving node saw it begin.</summary>
public sealed record TermView(long Term, long UnixMs, string? Master, string Why);

/// <summary>The terms since the serving node has started, newest first.</summary>
public sealed record ElectionsView(long SinceUnixMs, IReadOnlyList<TermView> Terms, string Group, string GroupWhy);

/// <summary>One DIE of the map.</summary>
public sealed record MapDie(int Die, string Eid, string Address, string? Switch);

/// <summary>One node of the map.</summary>
/// <param name="Difference">What it runs with where that is not this map; empty: the same.</param>
public sealed record MapNode(
    int Id,
    string Name,
    string? Rack,
    bool Control,
    string? Cna,
    IReadOnlyList<MapDie> Dies,
    string Difference
);

/// <summary>The map in force.</summary>
public sealed record TopologyView(
    string Cluster,
    string Digest,
    long Version,
    string File,
    IReadOnlyList<MapNode> Nodes,
    IReadOnlyList<string> Former
);

/// <summary>One act of an operator.</summary>
public sealed record ActView(long Index, long Term, string What, string By, string Why, long? SaidUnixMs);

/// <summary>What operators did, newest first.</summary>
public sealed record AuditView(IReadOnlyList<ActView> Acts);

/// <summary>How old the picture is.</summary>
/// <param name="UnixMs">When the serving node read it, by its clock.</param>
/// <param name="MasterHeardMs">Since the master's last beat reached that node; null: it knows no master.</param>
/// <param name="AheadOfMasterMs">Taken from times of the serving node it gives the master's, to the second; null: not known.</param>
public sealed record AgeView(string Node, long UnixMs, string? Master, long? MasterHeardMs, long? AheadOfMasterMs);

/// <summary>JSON of the console, made by the compiler.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(OverviewView))]
[JsonSerializable(typeof(LinksView))]
[JsonSerializable(typeof(IncidentSummary))]
[JsonSerializable(typeof(IncidentView))]
[JsonSerializable(typeof(ElectionsView))]
[JsonSerializable(typeof(TopologyView))]
[JsonSerializable(typeof(AuditView))]
[JsonSerializable(typeof(AgeView))]
[JsonSerializable(typeof(IReadOnlyList<IncidentSummary>))]
public sealed partial class ConsoleJson : JsonSerializerContext;
