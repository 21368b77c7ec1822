using System.Collections.Immutable;
using ClusterRas.Fabric;

namespace ClusterRas.Sentry.Settings;

/// <summary>One <c>sentryctl set</c> of a script.</summary>
/// <param name="Node">Whose it is.</param>
/// <param name="At">Where it begins.</param>
/// <param name="Words">Behind <c>sentryctl</c>, without quotes.</param>
internal sealed record SetCommand(NodeSettings Node, Place At, ImmutableArray<string> Words);

/// <summary>Takes the first commands of scripts.</summary>
/// <param name="commands">Taken to.</param>
/// <param name="countMax">How many; no more is read then.</param>
internal sealed class CommandTally(List<SetCommand> commands, int countMax)
{
    /// <summary>True: it has all that it is to take.</summary>
    public bool IsFull => commands.Count >= countMax;

    /// <summary>Takes one.</summary>
    public void Take(SetCommand command) => commands.Add(command);
}
