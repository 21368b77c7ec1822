namespace ClusterRas.Protocol.Tests;

/// <summary>A seed that is told today must give the same life with every later version.</summary>
public class PrngTests
{
    // The first numbers that the published xoshiro256** gives after SplitMix64 has filled it from this seed.
    [Fact]
    public void Sequence_OfASeed_IsTheOneOfThePublishedGenerator()
    {
        var prng = new Prng(0);
        ulong[] drawn = [prng.NextBits(), prng.NextBits(), prng.NextBits()];
        drawn.ShouldBe([0x99ec_5f36_cb75_f2b4, 0xbf6e_1f78_4956_452a, 0x1a5f_849d_4933_e6e0]);
    }

    [Fact]
    public void Below_ABound_GivesAllOfItAndNothingElse()
    {
        var prng = new Prng(1);
        Enumerable.Range(0, 1_000).Select(_ => prng.Below(4)).Distinct().Order().ShouldBe([0, 1, 2, 3]);
        prng.Below(0).ShouldBe(0);
        prng.Below(-1).ShouldBe(0);
    }

    [Fact]
    public void Chance_OfSoManyInSoMany_IsAboutThat()
    {
        var prng = new Prng(2);
        Enumerable.Range(0, 10_000).Count(_ => prng.Chance(1, 4)).ShouldBeInRange(2_300, 2_700);
        Enumerable.Range(0, 100).ShouldAllBe(_ => prng.Chance(1, 1) && !prng.Chance(0, 1));
    }
}
