using System.Globalization;

namespace ClusterRas.Fabric;

/// <summary>What kind of mistake a <see cref="TopologyProblem"/> is, for tools that sort or count them.</summary>
public enum TopologyProblemCode
{
    /// <summary>Not JSON, not UTF-8, or too long; nothing else was checked.</summary>
    Syntax,

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

    /// <summary>A node id out of range.</summary>
    NodeId,

    /// <summary>An eid that is not in full form, or is zero.</summary>
    Eid,

    /// <summary>A CNA out of range.</summary>
    Cna,

    /// <summary>A gRPC address that is not host:port.</summary>
    Address,

    /// <summary>A value that another node or DIE has too.</summary>
    Taken,

    /// <summary>No nodes, or too many.</summary>
    NodeCount,

    /// <summary>A node without DIEs, with too many, or with another number than the other nodes have.</summary>
    DieCount,

    /// <summary>A control group that is not 1, 3 or 5 different nodes of this file.</summary>
    Control,
}

/// <summary>One mistake in a topology file: where it is, what is wrong, what would be right, what to do.</summary>
/// <param name="Path">The file's name as it was given to the reader.</param>
/// <param name="Line">1-based.</param>
/// <param name="Column">1-based, in characters (Unicode code points).</param>
/// <param name="Code">The kind of mistake.</param>
/// <param name="Found">What is wrong and where: <c>node "n03" die0: eid "fd00::3" is not in full form</c>.</param>
/// <param name="Expected">What would be right; reads on after "expected".</param>
/// <param name="Advice">What to do, as an order: <c>write fd00:0000:...</c>.</param>
public sealed record TopologyProblem(
    string Path,
    int Line,
    int Column,
    TopologyProblemCode Code,
    string Found,
    string Expected,
    string Advice
)
{
    /// <summary>One line, in the form that editors and CI jump to: <c>path:line:column: ...</c>.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Path}:{Line}:{Column}: {Found}; expected {Expected}; {Advice}");
}
