namespace ClusterRas.Sentry.Tests;

public class ArmedTimeoutTests
{
    [Theory]
    [InlineData(35017ul, 35, 17)]
    [InlineData(35000ul, 35, 0)]
    [InlineData(1000ul, 1, 0)]
    [InlineData(1999ul, 1, 999)]
    [InlineData(3_599_999ul, 3599, 999)]
    [InlineData(3_600_000ul, 3600, 0)]
    public void Timeout_OfARecord_TellsSecondsAndTag(ulong timeoutMs, int seconds, int tag)
    {
        ArmedTimeout.TryRead(timeoutMs, out var armed).ShouldBeTrue();
        (armed.Seconds, armed.Tag).ShouldBe((seconds, tag));
        new ArmedTimeout(seconds, tag).Ms.ShouldBe((int)timeoutMs);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(0ul)]
    [InlineData(999ul)]
    [InlineData(3_600_001ul)]
    [InlineData(ulong.MaxValue)]
    public void Timeout_ThatNoKernelSends_IsRefused(ulong? timeoutMs) =>
        ArmedTimeout.TryRead(timeoutMs, out _).ShouldBeFalse();

    [Theory]
    [InlineData(0, 17)]
    [InlineData(3600, 1)]
    [InlineData(3601, 0)]
    [InlineData(35, -1)]
    [InlineData(35, 1000)]
    [InlineData(int.MaxValue, 0)]
    public void Timeout_ThatNoKernelTakes_CannotBeMade(int seconds, int tag) =>
        Should.Throw<ArgumentOutOfRangeException>(() => new ArmedTimeout(seconds, tag));
}
