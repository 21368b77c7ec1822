using ClusterRas.Protocol;
using static ClusterRas.Node.Sources.Tests.Records;

namespace ClusterRas.Node.Sources.Tests;

/// <summary>The driver's side, as far as it shows without one: kicked reads, errors of ioctls, the end.</summary>
public class SentryDriverTests
{
    [Theory]
    [InlineData(0, ReleaseOutcome.Acked)]
    [InlineData(2, ReleaseOutcome.NoSuchMessage)]
    [InlineData(62, ReleaseOutcome.Late)]
    [InlineData(14, ReleaseOutcome.Failed)]
    [InlineData(22, ReleaseOutcome.Failed)]
    [InlineData(85, ReleaseOutcome.Failed)]
    public void Ack_WithAnError_HasItsOutcome(int errno, ReleaseOutcome outcome) =>
        DriverChannel.ResultOf(errno).Outcome.ShouldBe(outcome);

    [Theory]
    [InlineData("0100000006000000", "1.6", true)]
    [InlineData("0100000007000000", "1.7", true)]
    [InlineData("0200000006000000", "2.6", false)]
    [InlineData("0000000006000000", "0.6", false)]
    public void Version_OfTheDriver_IsServedByItsMajor(string answer, string text, bool isServed)
    {
        var version = DriverVersion.Read(Convert.FromHexString(answer));
        version.ToString().ShouldBe(text);
        version.IsServed.ShouldBe(isServed);
    }

    [Fact]
    public async Task Device_ThatKnowsNoIoctl_IsReadWithAWarningAndItsAnswersFail()
    {
        await using var test = new SourceUnderTest(asDevice: true);
        using var writer = test.Writer();
        test.WaitForLine("source.version_unknown");
        writer.Write(Panic(startNs: 0).Bytes());
        test.Release(test.Next<Input.Raised>()).ShouldBe(ReleaseOutcome.Failed);
        test.WaitForLine("MSG_ACK: ");
    }

    [Fact]
    public async Task Device_KickedAllTheTime_LosesNoRecord()
    {
        await using var test = new SourceUnderTest(
            asDevice: true,
            with: options => options with { KickEvery = TimeSpan.FromMilliseconds(1) }
        );
        using var writer = test.Writer();
        for (ulong msgid = 1; msgid <= 300; msgid++)
        {
            writer.Write(Panic(msgid).Bytes());
            test.Next<Input.Raised>().Report.Id.High.ShouldBe(msgid);
        }
    }

    [Fact]
    public async Task Device_ThatEnds_IsOpenedAgainWithANewEpoch()
    {
        await using var test = new SourceUnderTest(path: "/dev/null");
        test.Next<Input.DeviceReopened>().Device.ShouldBe(new DeviceRef(test.Source.Number, 2));
        test.Next<Input.DeviceReopened>().Device.ShouldBe(new DeviceRef(test.Source.Number, 3));
        test.WaitForLine("source.gone: /dev/null is gone: it ends where records should come");
    }

    [Fact]
    public async Task Device_Missing_IsWaitedForAndNotMade()
    {
        await using var test = new SourceUnderTest(path: "/dev/sentry_msg_helper_of_a_test");
        test.WaitForLine("source.not_opened");
        File.Exists("/dev/sentry_msg_helper_of_a_test").ShouldBeFalse();
        test.Tally.Openings.ShouldBe(0);
    }

    [Fact]
    public async Task Dispose_OfAMissingDevice_DoesNotWaitForIt()
    {
        var test = new SourceUnderTest(
            path: "/dev/sentry_msg_helper_of_a_test",
            with: options => options with { RetryEvery = TimeSpan.FromHours(1) }
        );
        test.WaitForLine("source.not_opened");
        await test.DisposeAsync().AsTask().WaitAsync(Eventually.Patience, TestContext.Current.CancellationToken);
        Eventually.True(() => test.ThreadCount == 0, "a thread is left");
    }
}
