namespace ClusterRas.Fabric.Tests;

/// <summary>Chance by seed (SplitMix64): the same throws on every version of .NET.</summary>
internal sealed class Dice(ulong seed)
{
    private ulong state = seed;

    /// <summary>A new seed for this run, printed; set CLUSTERRAS_SEED to run an old one again.</summary>
    public static ulong FreshSeed()
    {
        var again = Environment.GetEnvironmentVariable("CLUSTERRAS_SEED");
        var seed = again is null ? (ulong)Random.Shared.NextInt64() : ulong.Parse(again, null);
        TestContext.Current.TestOutputHelper?.WriteLine($"CLUSTERRAS_SEED={seed}");
        return seed;
    }

    public ulong Next()
    {
        var z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>0 to sides - 1.</summary>
    public int Below(int sides) => (int)(Next() % (ulong)sides);

    public void Shuffle<T>(IList<T> items)
    {
        for (var i = items.Count - 1; i > 0; i--)
        {
            var j = Below(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }
}
