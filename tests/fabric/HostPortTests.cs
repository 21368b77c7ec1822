namespace ClusterRas.Fabric.Tests;

public class HostPortTests
{
    [Theory]
    [InlineData("127.1.0.1:7400", "127.1.0.1:7400")]
    [InlineData("N01.Example.COM:1", "n01.example.com:1")]
    [InlineData("n01:65535", "n01:65535")]
    [InlineData("[::1]:80", "[0000:0000:0000:0000:0000:0000:0000:0001]:80")]
    [InlineData("[FD00::a]:80", "[fd00:0000:0000:0000:0000:0000:0000:000a]:80")]
    [InlineData("[::ffff:10.0.0.1]:80", "10.0.0.1:80")]
    public void Text_OfAPlace_IsTakenInCanonicalForm(string text, string canonical)
    {
        HostPort.TryParse(text, out var place).ShouldBeTrue();
        place.ToString().ShouldBe(canonical);
        HostPort.TryParse(canonical, out var again).ShouldBeTrue();
        again.ShouldBe(place);
    }

    [Theory]
    [InlineData("")]
    [InlineData(":")]
    [InlineData(":80")]
    [InlineData("n01")]
    [InlineData("n01:")]
    [InlineData("n01:0")]
    [InlineData("n01:080")]
    [InlineData("n01:+80")]
    [InlineData("n01: 80")]
    [InlineData("n01:65536")]
    [InlineData("n01:4294967376")]
    [InlineData("n 01:80")]
    [InlineData("n_01:80")]
    [InlineData("-n01:80")]
    [InlineData("n01.:80")]
    [InlineData("http://n01:80")]
    [InlineData("user@n01:80")]
    [InlineData("fd00::1:80")]
    [InlineData("[fd00::1]")]
    [InlineData("[fd00::1%eth0]:80")]
    [InlineData("[[fd00::1]]:80")]
    [InlineData("[10.0.0.1]:80")]
    [InlineData("[]:80")]
    [InlineData("[::]:80")]
    [InlineData("[ff02::1]:80")]
    [InlineData("[::ffff:0.0.0.0]:80")]
    [InlineData("0.0.0.0:80")]
    [InlineData("255.255.255.255:80")]
    [InlineData("224.0.0.1:80")]
    [InlineData("256.0.0.1:80")]
    [InlineData("10.0.1:80")]
    [InlineData("10.0.0.01:80")]
    [InlineData("0x7f.0.0.1:80")]
    [InlineData("1:80")]
    [InlineData("n01.5:80")]
    public void Text_OfNoPlace_IsRefused(string text)
    {
        HostPort.TryParse(text, out var place).ShouldBeFalse();
        place.ShouldBe(default);
    }
}
