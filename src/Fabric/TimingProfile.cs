using System.Collections.Immutable;
using static ClusterRas.Fabric.ClusterOption;

namespace ClusterRas.Fabric;

/// <summary>Rhythms that fit each other, under one name: <c>timing.profile</c> of a map. What a map says beside it goes before it.</summary>
/// <param name="Name">As it is written in the map.</param>
/// <param name="What">For which clusters; a sentence without its full stop.</param>
/// <param name="Values">What differs from the defaults.</param>
public sealed record TimingProfile(string Name, string What, ImmutableDictionary<ClusterOption, int> Values)
{
    /// <summary>The member of <c>timing</c> that names one.</summary>
    public const string Member = "profile";

    /// <summary>Without a word.</summary>
    public static readonly TimingProfile Default = new(
        "default",
        "one machine room: a silent death is known on all nodes in about 1.2 s",
        ImmutableDictionary<ClusterOption, int>.Empty
    );

    /// <summary>Silence must outlast the longest election timeout, and that must outlast a pause: there is no room for less.</summary>
    public static readonly TimingProfile Fast = new(
        "fast",
        "machines and a network of their own, never busy with anything else: about 300 ms",
        new Dictionary<ClusterOption, int>
        {
            [HeartbeatMs] = 70,
            [ProbeMs] = 45,
            [BeatMs] = 30,
            [ElectionMinMs] = 150,
            [ElectionMaxMs] = 250,
            [SeatDelayMs] = 20,
            [LinkAckMs] = 40,
            [ResendMs] = 200,
        }.ToImmutableDictionary()
    );

    /// <summary>A probe takes two round trips: these are good for up to 300 ms each.</summary>
    public static readonly TimingProfile Calm = new(
        "calm",
        "nodes far from each other, or machines that are often busy: 4 to 5 s",
        new Dictionary<ClusterOption, int>
        {
            [HeartbeatMs] = 1150,
            [ProbeMs] = 600,
            [BeatMs] = 500,
            [ElectionMinMs] = 3000,
            [ElectionMaxMs] = 4000,
            [SeatDelayMs] = 300,
            [LinkAckMs] = 500,
            [ResendMs] = 2000,
        }.ToImmutableDictionary()
    );

    /// <summary>All of them.</summary>
    public static ImmutableArray<TimingProfile> All { get; } = [Default, Fast, Calm];

    /// <summary>What its member must be, for problems.</summary>
    public static string Expected => "one of " + string.Join(", ", All.Select(one => $"\"{one.Name}\""));

    /// <summary>The rhythms of this profile, and the limits as they are without a word.</summary>
    public Tuning Tuning { get; } = new(Values);

    /// <summary>The profile of this name; null: there is none.</summary>
    public static TimingProfile? Find(string name) => All.FirstOrDefault(one => one.Name == name);

    /// <summary>The profile whose rhythms these are, all of them; null: they are somebody's own.</summary>
    public static TimingProfile? Of(Tuning tuning) =>
        All.FirstOrDefault(one =>
            ClusterOption.All.All(option => option.Member != Timing || tuning[option] == one.Tuning[option])
        );

    /// <inheritdoc />
    public override string ToString() => Name;
}
