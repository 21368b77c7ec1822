using System.Collections.Immutable;
using System.Globalization;

namespace ClusterRas.Fabric;

/// <summary>The problems of one file, collected in any order and handed out in the order of the text.</summary>
internal sealed class ProblemList(SourceText text)
{
    // The worst file that is still a topology has fewer; more are only the cost of a file that is something else.
    private const int CountMax = 1000;

    private readonly List<TopologyProblem> problems = [];

    public bool IsEmpty => problems.Count == 0;

    /// <summary>True: nothing more is taken, and readers may stop.</summary>
    public bool IsFull => problems.Count >= CountMax;

    public void Add(int offset, TopologyProblemCode code, string found, string expected, string advice)
    {
        if (!IsFull)
        {
            problems.Add(text.Problem(offset, code, found, expected, advice));
        }
    }

    public string LineOf(int offset) => string.Create(CultureInfo.InvariantCulture, $"line {text.Locate(offset).Line}");

    public ImmutableArray<TopologyProblem> InOrderOfText() =>
        [.. problems.OrderBy(p => p.Line).ThenBy(p => p.Column).ThenBy(p => p.Found, StringComparer.Ordinal)];
}
