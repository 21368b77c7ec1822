using System.Collections.Immutable;
using ClusterRas.Wire.V1;

namespace ClusterRas.Ctl.Asking;

/// <summary>Every survivor, with the connection to it; and what they say of themselves, once they were asked.</summary>
internal sealed class AskedSurvivors(ImmutableArray<ReachedNode> nodes, ImmutableArray<string> lost) : IDisposable
{
    private const string Advice = "who is there, and how it stands: rasctl --node NAME status";

    /// <summary>What they said, and who is lost.</summary>
    public PlanRecoveryRequest Request { get; } = new();

    /// <summary>The connection to one of them.</summary>
    public ReachedNode this[string name] => nodes.First(node => node.Name == name);

    /// <summary>Asks each for its log's end, and one of them for the plan.</summary>
    /// <exception cref="RefusedException">There is none; everything that is against it is told.</exception>
    public async Task<PlanRecoveryReply> PlanAsync(CancellationToken stop)
    {
        var said = await Task.WhenAll(
                nodes.Select(node =>
                    node.CallAsync(
                        (client, options) => client.GetSurvivorAsync(new GetSurvivorRequest(), options),
                        TimeSpan.Zero,
                        Advice,
                        stop
                    )
                )
            )
            .ConfigureAwait(false);
        Request.Survivors.AddRange(said);
        Request.LostNodeNames.AddRange(lost);
        var plan = await nodes[0]
            .CallAsync((client, options) => client.PlanRecoveryAsync(Request, options), TimeSpan.Zero, Advice, stop)
            .ConfigureAwait(false);
        return plan.Problems.Count == 0
            ? plan
            : throw RefusedException.No(
                $"nothing can be recovered so; nothing was done:\n  {string.Join("\n  ", plan.Problems.Select(Text.Printable.Of))}"
            );
    }

    public void Dispose()
    {
        foreach (var node in nodes)
        {
            node.Dispose();
        }
    }
}
