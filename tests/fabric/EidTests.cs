namespace ClusterRas.Fabric.Tests;

public class EidTests
{
    [Theory]
    [InlineData("fd00:0000:0000:0000:0000:0000:0000:0001", 0xfd00_0000_0000_0000, 1)]
    [InlineData("FEDC:BA98:7654:3210:0123:4567:89ab:cdef", 0xfedcba9876543210, 0x0123456789abcdef)]
    [InlineData("0000:0000:0000:0000:0000:0000:0000:0000", 0, 0)]
    public void Text_InFullForm_IsTakenAndWrittenInLowerCase(string text, ulong high, ulong low)
    {
        Eid.TryParse(text, out var eid).ShouldBeTrue();
        eid.ShouldBe(new Eid(high, low));
        eid.ToString().ShouldBe(text.ToLowerInvariant());
    }

    [Theory]
    [InlineData("")]
    [InlineData("fd00::1")]
    [InlineData("fd00:0000:0000:0000:0000:0000:0000:001")]
    [InlineData("fd00:0000:0000:0000:0000:0000:0000:00001")]
    [InlineData("fd00:0000:0000:0000:0000:0000:0000:000g")]
    [InlineData("fd00-0000-0000-0000-0000-0000-0000-0001")]
    [InlineData("fd0:00000:0000:0000:0000:0000:0000:0001")]
    [InlineData(":fd00:0000:0000:0000:0000:0000:0000:001")]
    public void Text_InAnyOtherForm_IsRefused(string text)
    {
        Eid.TryParse(text, out var eid).ShouldBeFalse();
        eid.ShouldBe(Eid.None);
    }

    [Fact]
    public void Bytes_AreInNetworkOrder()
    {
        var bytes = Convert.FromHexString("fd000102030405060708090a0b0c0d0e");
        var eid = Eid.FromBytes(bytes);
        eid.ToString().ShouldBe("fd00:0102:0304:0506:0708:090a:0b0c:0d0e");
        var back = new byte[16];
        eid.CopyTo(back);
        back.ShouldBe(bytes);
    }
}
