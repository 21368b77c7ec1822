namespace ClusterRas.Fabric.Tests;

/// <summary>Rhythms under one name: they fit each other, and are the same as if each were written.</summary>
public class TimingProfileTests
{
    [Theory]
    [InlineData("default", 1050)]
    [InlineData("fast", 255)]
    [InlineData("calm", 4050)]
    public void Profile_InAMap_IsTakenWithoutAWarning(string name, long silentAfterMs)
    {
        var map = Read($$"""{ "profile": "{{name}}" }""").ShouldBeOfType<TopologyReading.Accepted>();

        map.Warnings.ShouldBeEmpty();
        map.Topology.Tuning.SilentAfterMs.ShouldBe(silentAfterMs);
        TimingProfile.Of(map.Topology.Tuning).ShouldBe(TimingProfile.Find(name));
    }

    [Fact]
    public void Profile_AndItsRhythmsWrittenOut_HaveOneDigest()
    {
        var named = Read("""{ "profile": "fast" }""").ShouldBeOfType<TopologyReading.Accepted>();
        var written = string.Join(
            ", ",
            TimingProfile.Fast.Values.Select(one => FormattableString.Invariant($"\"{one.Key}\": {one.Value}"))
        );
        var spelt = Read($"{{ {written} }}").ShouldBeOfType<TopologyReading.Accepted>();
        var plain = Read("{}").ShouldBeOfType<TopologyReading.Accepted>();
        var normal = Read("""{ "profile": "default" }""").ShouldBeOfType<TopologyReading.Accepted>();

        named.Topology.Digest.ShouldBe(spelt.Topology.Digest);
        normal.Topology.Digest.ShouldBe(plain.Topology.Digest);
        named.Topology.Digest.ShouldNotBe(plain.Topology.Digest);
    }

    [Fact]
    public void Rhythm_BesideAProfile_GoesBeforeIt()
    {
        foreach (
            var timing in (string[])
                ["""{ "profile": "fast", "resend_ms": 300 }""", """{ "resend_ms": 300, "profile": "fast" }"""]
        )
        {
            var map = Read(timing).ShouldBeOfType<TopologyReading.Accepted>().Topology;

            map.Tuning[ClusterOption.ResendMs].ShouldBe(300);
            map.Tuning[ClusterOption.BeatMs].ShouldBe(30);
            TimingProfile.Of(map.Tuning).ShouldBeNull();
        }
    }

    [Fact]
    public void Rhythm_ThatDoesNotFitItsProfile_IsRefusedWhereItStands()
    {
        var refused = Read("""{ "profile": "fast", "election_max_ms": 300 }""")
            .ShouldBeOfType<TopologyReading.Refused>();

        var problem = refused.Problems.ShouldHaveSingleItem();
        problem.Code.ShouldBe(TopologyProblemCode.TuningSilence);
        problem.ToString().ShouldContain("election_max_ms (300)");
    }

    [Fact]
    public void Profile_ThatThereIsNot_IsRefusedWithAGuess()
    {
        var refused = Read("""{ "profile": "fats" }""").ShouldBeOfType<TopologyReading.Refused>();

        var problem = refused.Problems.ShouldHaveSingleItem();
        problem.Code.ShouldBe(TopologyProblemCode.TuningProfile);
        var text = problem.ToString();
        text.ShouldContain("profile is \"fats\"");
        text.ShouldContain("expected one of \"default\", \"fast\", \"calm\"");
        text.ShouldContain("did you mean \"fast\"?");
    }

    private static TopologyReading Read(string timing) =>
        TopologyFile.Read(
            $$"""
            {
              "version": 1, "cluster": "lab", "control": ["n01"], "timing": {{timing}},
              "nodes": [ { "id": 0, "name": "n01", "dies": [ { "eid": "fd00:0000:0000:0000:0000:0000:0000:0001" } ] } ]
            }
            """,
            "lab.json"
        );
}
