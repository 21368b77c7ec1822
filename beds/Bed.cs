using System.Diagnostics;

namespace ClusterRas.Beds;

/// <summary>What the machines stand on: addresses, two rails for each, and a switch that can cut them.</summary>
public abstract class Bed : IAsyncDisposable
{
    /// <summary>What it is made of, for a stranger.</summary>
    public abstract string Description { get; }

    /// <summary>How the topology reaches a DIE: host:port.</summary>
    public abstract string GrpcOf(int number, int die);

    /// <summary>Makes it, for nodes 1 to <paramref name="nodeCount"/>.</summary>
    public abstract Task OpenAsync(int nodeCount, CancellationToken stop);

    /// <summary>Cuts a rail of a node, or mends it, so that nobody is told: frames just stop coming.</summary>
    public abstract Task SetRailAsync(int number, int die, bool isUp);

    /// <summary>How to start a program of the node.</summary>
    public abstract ProcessStartInfo OnNode(int number, string file, IEnumerable<string> arguments);

    /// <summary>Options of rasd that only this bed needs.</summary>
    public virtual IEnumerable<string> RasdOptions(int number) => [];

    /// <summary>What a user writes before a command to run it in the bed; null: nothing.</summary>
    public virtual string? EnterCommand => null;

    /// <summary>How a user cuts a rail; null: cannot from outside.</summary>
    public virtual string? CutCommand(int number, int die) => null;

    /// <inheritdoc />
    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>A program with its output in our hands and no input.</summary>
    protected static ProcessStartInfo Plain(string file, IEnumerable<string> arguments) =>
        new(file, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
}
