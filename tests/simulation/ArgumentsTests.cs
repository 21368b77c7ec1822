using ClusterRas.Simulator;

namespace ClusterRas.Simulation.Tests;

public sealed class ArgumentsTests
{
    [Fact]
    public void Arguments_Nothing_Sweeps() => Parse("").ShouldBe(new Arguments(null, null, 1000, null, false));

    [Fact]
    public void Arguments_Everything_IsTaken() =>
        Parse("42 --count 7 --nodes 16 --first --from 9").ShouldBe(new Arguments(42, 9, 7, 16, true));

    [Fact]
    public void Arguments_Duration_LiftsTheCount() =>
        Parse("--for 8h --coverage --report")
            .ShouldBe(
                new Arguments(null, null, int.MaxValue, null, false)
                {
                    For = TimeSpan.FromHours(8),
                    Coverage = true,
                    Report = true,
                }
            );

    [Fact]
    public void Arguments_DurationAndCount_BothHold() =>
        Parse("--count 7 --for 30s")
            .ShouldBe(new Arguments(null, null, 7, null, false) { For = TimeSpan.FromSeconds(30) });

    [Theory]
    [InlineData("--for 8")]
    [InlineData("--for h")]
    [InlineData("--for 0m")]
    [InlineData("--for 1d")]
    [InlineData("--for")]
    [InlineData("--nodes 4")]
    [InlineData("--count 0")]
    [InlineData("--count")]
    [InlineData("--from -1")]
    [InlineData("1 2")]
    [InlineData("seed")]
    public void Arguments_Nonsense_IsRefused(string line) => Parse(line).ShouldBeNull();

    private static Arguments? Parse(string line) =>
        Arguments.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
