using System.Numerics;

namespace ClusterRas.Protocol;

/// <summary>The only source of chance in the core: xoshiro256**, filled by SplitMix64 from a seed.</summary>
/// <remarks>Our own, since System.Random does not promise the same sequence in a later .NET, and a seed must outlive it.
/// Source: Blackman and Vigna, "Scrambled linear pseudorandom number generators" (2018).</remarks>
public sealed class Prng
{
    private ulong s0;
    private ulong s1;
    private ulong s2;
    private ulong s3;

    /// <summary>The same seed gives the same sequence, on every machine and version.</summary>
    public Prng(ulong seed)
    {
        s0 = SplitMix(ref seed);
        s1 = SplitMix(ref seed);
        s2 = SplitMix(ref seed);
        s3 = SplitMix(ref seed);
    }

    /// <summary>64 random bits.</summary>
    public ulong NextBits()
    {
        var result = BitOperations.RotateLeft(s1 * 5, 7) * 9;
        var shifted = s1 << 17;
        s2 ^= s0;
        s3 ^= s1;
        s1 ^= s2;
        s0 ^= s3;
        s2 ^= shifted;
        s3 = BitOperations.RotateLeft(s3, 45);
        return result;
    }

    /// <summary>0 to <paramref name="bound"/> - 1; 0 for a bound of 0 or less.</summary>
    public long Below(long bound) => bound <= 0 ? 0 : (long)(((UInt128)NextBits() * (ulong)bound) >> 64);

    /// <summary>True in <paramref name="numerator"/> of <paramref name="denominator"/> cases.</summary>
    public bool Chance(long numerator, long denominator) => Below(denominator) < numerator;

    /// <summary>A duration from zero up to, not including, <paramref name="bound"/>.</summary>
    public TimeSpan Below(TimeSpan bound) => new(Below(bound.Ticks));

    /// <summary>128 random bits.</summary>
    public UInt128 NextWide() => new(NextBits(), NextBits());

    /// <summary>A generator of its own, so that one consumer's draws do not shift another's.</summary>
    public Prng Fork() => new(NextBits());

    private static ulong SplitMix(ref ulong state)
    {
        state += 0x9E3779B97F4A7C15;
        var z = state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
