using System.Collections.Immutable;

namespace ClusterRas.Fabric;

/// <summary>The problems of one map, collected in any order and handed out in the order of the texts.</summary>
public sealed class ProblemList
{
    // The worst file that is still a topology has fewer; more are only the cost of a file that is something else.
    private const int CountMax = 1000;

    private readonly SourceText? only;
    private readonly List<TopologyProblem> problems = [];

    /// <summary>For maps that are told in several texts.</summary>
    public ProblemList() { }

    internal ProblemList(SourceText text) => only = text;

    /// <summary>True: something was found that leaves no map.</summary>
    public bool HasErrors { get; private set; }

    /// <summary>True: nothing more is taken, and readers may stop.</summary>
    public bool IsFull => problems.Count >= CountMax;

    /// <summary>Takes one problem.</summary>
    public void Add(Place at, TopologyProblemCode code, string found, string expected, string advice)
    {
        // Lines and columns are counted from the text's start: not for what is not taken.
        HasErrors |= TopologyRule.Of(code).Severity >= TopologySeverity.Error;
        if (!IsFull)
        {
            problems.Add(at.Text.Problem(at.Offset, code, found, expected, advice));
        }
    }

    /// <summary>Takes one problem.</summary>
    public void Add(TopologyProblem problem)
    {
        HasErrors |= problem.Severity >= TopologySeverity.Error;
        if (!IsFull)
        {
            problems.Add(problem);
        }
    }

    /// <summary>All of them, by text, line and column.</summary>
    public ImmutableArray<TopologyProblem> InOrderOfText() =>
        [
            .. problems
                .OrderBy(p => p.Path, StringComparer.Ordinal)
                .ThenBy(p => p.Line)
                .ThenBy(p => p.Column)
                .ThenBy(p => p.Found, StringComparer.Ordinal),
        ];

    /// <summary>A place in the only text.</summary>
    internal Place At(int offset) => (only ?? throw new InvalidOperationException("there is no only text")).At(offset);

    internal void Add(int offset, TopologyProblemCode code, string found, string expected, string advice) =>
        Add(At(offset), code, found, expected, advice);

    internal string LineOf(int offset) => At(offset).SeenFrom(At(offset));
}
