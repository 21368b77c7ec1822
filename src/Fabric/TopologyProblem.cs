using System.Globalization;

namespace ClusterRas.Fabric;

/// <summary>One mistake in a map: where it is, what is wrong, what would be right, why it matters, what to do.</summary>
/// <param name="Path">The file's name as it was given to the reader.</param>
/// <param name="Line">1-based.</param>
/// <param name="Column">1-based, in characters (Unicode code points).</param>
/// <param name="Code">The rule that is broken.</param>
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
    /// <summary>The rule with its reason.</summary>
    public TopologyRule Rule => TopologyRule.Of(Code);

    /// <summary>How bad it is.</summary>
    public TopologySeverity Severity => Rule.Severity;

    /// <summary>What would fail at run time.</summary>
    public string Why => Rule.Why;

    /// <summary>One line, in the form that editors and CI jump to: <c>path:line:column: error: ... [eid-taken]</c>.</summary>
    /// <remarks>Names of files may hold anything, and a terminal obeys some of it.</remarks>
    public override string ToString()
    {
        var line = string.Create(
            CultureInfo.InvariantCulture,
            $"{Path}:{Line}:{Column}: {TopologyRule.WordOf(Severity)}: {Found}; expected {Expected}; {Advice} [{Rule.Name}]"
        );
        return line.Any(char.IsControl) ? Spelling.Plain(line, int.MaxValue) : line;
    }
}
