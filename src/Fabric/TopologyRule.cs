using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text;
using static ClusterRas.Fabric.TopologyProblemCode;
using static ClusterRas.Fabric.TopologySeverity;

namespace ClusterRas.Fabric;

/// <summary>One rule of maps: its code, how bad it is to break it, and why.</summary>
/// <param name="Code">Its number.</param>
/// <param name="Severity">How bad it is to break it.</param>
/// <param name="Why">What would fail at run time; a sentence without its full stop.</param>
public sealed record TopologyRule(TopologyProblemCode Code, TopologySeverity Severity, string Why)
{
    private static readonly FrozenDictionary<TopologyProblemCode, TopologyRule> ByCode = Book()
        .ToFrozenDictionary(rule => rule.Code);

    /// <summary>Every rule, in the order of the codes.</summary>
    public static ImmutableArray<TopologyRule> All { get; } = [.. ByCode.Values.OrderBy(rule => rule.Code)];

    /// <summary>The code as tools read it: <c>eid-taken</c>.</summary>
    public string Name { get; } = NameOf(Code);

    /// <summary>The rule with this code.</summary>
    public static TopologyRule Of(TopologyProblemCode code) => ByCode[code];

    /// <summary>As tools read it: <c>warning</c>.</summary>
    public static string WordOf(TopologySeverity severity) =>
        severity switch
        {
            Note => "note",
            Warning => "warning",
            Error => "error",
            _ => "unusable",
        };

    private static TopologyRule[] Book() =>
        [
            new(Unreadable, Unusable, "rasd does not start without its map"),
            new(Syntax, Unusable, "nothing of the file can be believed, so rasd does not start with it"),
            new(NoSettings, Unusable, "there is no map in it"),
            new(WrongType, Error, "the value cannot be used as what it stands for, so rasd does not start"),
            new(UnknownMember, Error, "a misspelt member would be ignored, and its default used in silence"),
            new(DuplicateMember, Error, "readers of JSON differ in which of the two they take"),
            new(MissingMember, Error, "there is no sensible default for it"),
            new(TopologyProblemCode.Version, Error, "members may mean something else in another version of the format"),
            new(TopologyProblemCode.Name, Error, "DNS takes upper and lower case for one, and two nodes had one name"),
            new(SiteName, Error, "racks and switches are compared by name, and a blank too many makes two of one"),
            new(TopologyProblemCode.NodeId, Error, "ids are places in tables of that size on every node"),
            new(
                EidForm,
                Error,
                "sysSentry wants 39 characters, and acks are compared by text: an address in another form never matches"
            ),
            new(
                EidUnset,
                Error,
                "an eid of zeros is nobody's: words that name it are of no node, and few devices have it"
            ),
            new(
                EidCase,
                Warning,
                "a stock kernel compares acks with the eid as it was typed, and acks have lower case: none is ever taken"
            ),
            new(CnaRange, Error, "the driver refuses it, and the node is unreachable over UVB"),
            new(
                CnaBroadcast,
                Error,
                "0xffffff is everyone: broadcasts leave the node out, and an ack to it goes to all"
            ),
            new(Address, Error, "nobody can dial this DIE over gRPC"),
            new(IdTaken, Error, "votes and words of the two nodes could not be told apart"),
            new(NameTaken, Error, "an operator who names one of the two would hit either"),
            new(
                CnaTaken,
                Error,
                "words of the two nodes are taken for one node's, and one of them gets no acks over UVB"
            ),
            new(
                EidTaken,
                Error,
                "the first match wins on receive: the other DIE's words are taken for somebody else's"
            ),
            new(AddressTaken, Error, "one of the two cannot listen, and its peers reach the other and refuse it"),
            new(NodeCount, Error, "lists of eids and CNAs would not fit into the drivers' tables everywhere"),
            new(
                LargeCluster,
                Note,
                "sysSentry of the 16-node edition refuses longer lists; with 2 DIEs and 18 or more nodes, "
                    + "reading /proc/sentry_urma_comm/client_info overruns a kernel buffer"
            ),
            new(TopologyProblemCode.DieCount, Error, "a rail that some nodes are not on carries no word to them"),
            new(
                ControlSize,
                Error,
                "an even group survives no more than the odd one below it, and can split in halves"
            ),
            new(ControlMember, Error, "a vote that nobody has is missing from every majority"),
            new(ControlDomain, Warning, "when it fails, no majority is left: no master, and no panic is acked"),
            new(SharedSwitch, Warning, "when it fails, both rails are cut at once, and no second way is left"),
            new(JettyRange, Error, "sysSentry refuses it, and no URMA link is built"),
            new(
                JettyDiffers,
                Error,
                "a peer's jetty is addressed by the own id: links between the two are never built"
            ),
            new(TopologyProblemCode.Timeout, Error, "sysSentry refuses it, and the window stays as it was"),
            new(WindowNeverSent, Warning, "a stock kernel counts whole seconds: none, so it never says that it dies"),
            new(
                WindowTooShort,
                Warning,
                "a stock kernel looks for acks a second after the first send: none is ever seen"
            ),
            new(WindowFraction, Note, "a stock kernel counts whole seconds and drops the rest"),
            new(TuningRange, Error, "outside of it nothing was tried, and the promises are not kept"),
            new(TuningProfile, Error, "the map's own nodes would go by other rhythms than it was meant for"),
            new(
                TuningElection,
                Error,
                "masters would change without need, or voters would stand at once and nobody win"
            ),
            new(TuningSilence, Error, "nodes that live would be called silent, and words would come too late"),
            new(TuningWindow, Warning, "who dies while the master changes is not answered before its window ends"),
            new(GapPair, Error, "a gap that is nowhere hides no link, and the one that was meant is missed"),
            new(Option, Error, "rasd does not start on this node"),
            new(HandlerDeadline, Warning, "the ack leaves without its answer: recorded, and not handled"),
            new(Command, Error, "sysSentry refuses the whole command and sets nothing of it"),
            new(Setting, Error, "sysSentry refuses it, says only that some parameters failed, and keeps what was"),
            new(NotOfTheMap, Note, "it is set per node and has no place in the map: keep the line"),
            new(EidMissing, Error, "nobody can know which DIEs the node has; a stock kernel without eid says nothing"),
            new(CnaMissing, Warning, "a stock kernel without CNA never says that it dies, not even over URMA"),
            new(LocalEidFirst, Error, "the driver refuses lists that do not begin with the own eid: no link is built"),
            new(DieOrder, Error, "words that come on the other rail are of no peer of that DIE, and are dropped"),
            new(
                DiesSwapped,
                Warning,
                "its die0 would sit on the other rail: links to it on either rail would not come up"
            ),
            new(ListLength, Error, "the driver's tables have 32 places; it refuses the whole list"),
            new(
                UnknownPeer,
                Error,
                "each round of a dying kernel waits for it in vain, and the peer that was meant hears nothing"
            ),
            new(OneWay, Error, "words of nodes that are not listed are dropped: it would die unheard there"),
            new(MeshGap, Warning, "neither hears the other's last words on this way; they depend on third nodes"),
            new(OwnCna, Note, "a dying kernel waits up to 1.2 s for itself in each round"),
            new(
                AssumedPeers,
                Note,
                "which eid and which CNA are of one node is guessed from their places in the lists"
            ),
        ];

    private static string NameOf(TopologyProblemCode code)
    {
        var text = new StringBuilder();
        foreach (var letter in code.ToString())
        {
            text.Append(char.IsAsciiLetterUpper(letter) && text.Length > 0 ? "-" : "")
                .Append(char.ToLowerInvariant(letter));
        }

        return text.ToString();
    }
}
