using ClusterRas.Simulator;

namespace ClusterRas.Simulation.Tests;

public sealed class ArgumentsTests
{
    [Fact]
    public void Arguments_Nothing_Sweeps() => Parse("").ShouldBe(new Arguments(null, null, 1000, null, false));

    [Fact]
    public void Arguments_Everything_IsTaken() =>
        Parse("42 --count 7 --nodes 16 --first --from 9").ShouldBe(new Arguments(42, 9, 7, 16, true));

    [Theory]
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
