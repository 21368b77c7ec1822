namespace ClusterRas.Fabric;

/// <summary>The rules of maps, by number. What each is for stands in <see cref="TopologyRule"/>.</summary>
public enum TopologyProblemCode
{
    /// <summary>A file that cannot be opened.</summary>
    Unreadable,

    /// <summary>Not JSON, not UTF-8, or too long; nothing else was checked.</summary>
    Syntax,

    /// <summary>A text without a single line that sets anything.</summary>
    NoSettings,

    /// <summary>A value of another JSON type than the format has.</summary>
    WrongType,

    /// <summary>A member that the format does not have.</summary>
    UnknownMember,

    /// <summary>A member that is there twice.</summary>
    DuplicateMember,

    /// <summary>A member that must be there and is not.</summary>
    MissingMember,

    /// <summary>A version of the format that this program does not read.</summary>
    Version,

    /// <summary>A name that is not a DNS label in lower case.</summary>
    Name,

    /// <summary>A rack or switch whose name cannot be one.</summary>
    SiteName,

    /// <summary>A node id out of range.</summary>
    NodeId,

    /// <summary>An eid that is not in full form.</summary>
    EidForm,

    /// <summary>An eid that is all zero.</summary>
    EidUnset,

    /// <summary>An own eid with letters in upper case, as a stock kernel was told it.</summary>
    EidCase,

    /// <summary>A CNA out of range.</summary>
    CnaRange,

    /// <summary>CNA 16777215.</summary>
    CnaBroadcast,

    /// <summary>A gRPC address that is not host:port.</summary>
    Address,

    /// <summary>An id that another node has.</summary>
    IdTaken,

    /// <summary>A name that another node has.</summary>
    NameTaken,

    /// <summary>A CNA that another node has, or that a list has twice.</summary>
    CnaTaken,

    /// <summary>An eid that another DIE has, or that a list has twice.</summary>
    EidTaken,

    /// <summary>A gRPC address that another DIE has.</summary>
    AddressTaken,

    /// <summary>No nodes, or too many.</summary>
    NodeCount,

    /// <summary>More nodes than the first editions of sysSentry take, and allowed by the operator.</summary>
    LargeCluster,

    /// <summary>A node without DIEs, with too many, or with another number than the other nodes have.</summary>
    DieCount,

    /// <summary>A control group of another size than 1, 3 or 5.</summary>
    ControlSize,

    /// <summary>A member of the control group that is no node, or is named twice.</summary>
    ControlMember,

    /// <summary>A rack or switch that takes a majority of the control group with it.</summary>
    ControlDomain,

    /// <summary>Both rails through one switch.</summary>
    SharedSwitch,

    /// <summary>A jetty id out of range.</summary>
    JettyRange,

    /// <summary>Nodes with different jetty ids.</summary>
    JettyDiffers,

    /// <summary>A timeout that is no whole number of 0 to 3,600,000 ms.</summary>
    Timeout,

    /// <summary>A window that a stock kernel never sends.</summary>
    WindowNeverSent,

    /// <summary>A window too short to be acked through a stock kernel.</summary>
    WindowTooShort,

    /// <summary>A window with a part of a second.</summary>
    WindowFraction,

    /// <summary>A rhythm or a limit outside of its range.</summary>
    TuningRange,

    /// <summary>A profile of rhythms that there is not.</summary>
    TuningProfile,

    /// <summary>Rhythms with which no election would end, or every pause would be one.</summary>
    TuningElection,

    /// <summary>Rhythms with which live nodes would be called silent.</summary>
    TuningSilence,

    /// <summary>A window that a change of masters outlasts.</summary>
    TuningWindow,

    /// <summary>A gap between what is no pair of nodes, or on a DIE that there is not.</summary>
    GapPair,

    /// <summary>An option of a node's rasd that is none.</summary>
    Option,

    /// <summary>A required handler that may take longer than the window of its events.</summary>
    HandlerDeadline,

    /// <summary>A command line that sysSentry would not take.</summary>
    Command,

    /// <summary>A value that sysSentry, or its kernel drivers, would not take.</summary>
    Setting,

    /// <summary>A setting that is no part of the map.</summary>
    NotOfTheMap,

    /// <summary>A node whose own eids are nowhere said.</summary>
    EidMissing,

    /// <summary>A node whose own CNA is nowhere said.</summary>
    CnaMissing,

    /// <summary>A list that does not begin with the node's own eid.</summary>
    LocalEidFirst,

    /// <summary>DIEs in another order than <c>--eid</c>, or than on other nodes.</summary>
    DieOrder,

    /// <summary>A node whose two eids look swapped: each has the prefix that the other DIE has everywhere else.</summary>
    DiesSwapped,

    /// <summary>A list of more than 32 eids or CNAs.</summary>
    ListLength,

    /// <summary>An entry of a list that no node has.</summary>
    UnknownPeer,

    /// <summary>A node that lists a peer which does not list it.</summary>
    OneWay,

    /// <summary>Two nodes that do not list each other.</summary>
    MeshGap,

    /// <summary>A list of CNAs with the node's own.</summary>
    OwnCna,

    /// <summary>Peers that are known from one node's lists only.</summary>
    AssumedPeers,
}
