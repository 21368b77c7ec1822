using System.Collections.Immutable;

namespace ClusterRas.Fabric;

/// <summary>The rhythms and limits of a cluster: each option's value, or its default.</summary>
public sealed class Tuning
{
    private readonly ImmutableDictionary<ClusterOption, int> said;

    /// <summary>What was said; values that are the default count as not said.</summary>
    public Tuning(IEnumerable<KeyValuePair<ClusterOption, int>> values) =>
        said = values.Where(one => one.Value != one.Key.Default).ToImmutableDictionary();

    /// <summary>Every option at its default.</summary>
    public static readonly Tuning Default = new([]);

    /// <summary>The option's value.</summary>
    public int this[ClusterOption option] => said.GetValueOrDefault(option, option.Default);

    /// <summary>What is not at its default, in the order of the options.</summary>
    public IEnumerable<(ClusterOption Option, int Value)> Said =>
        ClusterOption.All.Where(said.ContainsKey).Select(option => (option, said[option]));

    /// <summary>How long nobody must have heard a node on a rail before it is silent there, in ms.</summary>
    public long SilentAfterMs =>
        ((long)this[ClusterOption.HeartbeatMs] * this[ClusterOption.HeartbeatsMissed]) + this[ClusterOption.ProbeMs];
}
