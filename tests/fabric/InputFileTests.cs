namespace ClusterRas.Fabric.Tests;

public sealed class InputFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("input").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("", "its name is empty")]
    [InlineData("a\0b", "its name has a NUL in it")]
    [InlineData("/", "it is a folder")]
    [InlineData("/nowhere/map.json", "there is no such file")]
    [InlineData("/dev/zero", "it has more than 1048576 bytes")]
    public void File_ThatIsNone_IsRefusedWithTheReason(string path, string reason)
    {
        InputFile.Refusal(path, out var bytes).ShouldBe(reason);
        bytes.ShouldBeEmpty();
    }

    [Fact]
    public void File_AtTheLongestAndOneMore_IsReadAndRefused()
    {
        var path = Path.Combine(folder, "long");
        File.WriteAllBytes(path, new byte[InputFile.LengthMaxBytes]);
        InputFile.Refusal(path, out var bytes).ShouldBeNull();
        bytes.Length.ShouldBe(InputFile.LengthMaxBytes);

        File.AppendAllText(path, "x");
        InputFile.Refusal(path, out bytes).ShouldBe("it has more than 1048576 bytes");
        bytes.ShouldBeEmpty();
    }

    [Fact]
    public void Link_IsFollowed_AndOneThatLeadsNowhereIsNoFile()
    {
        var path = Path.Combine(folder, "map");
        File.WriteAllText(path, "{}");
        File.CreateSymbolicLink(Path.Combine(folder, "link"), path);
        File.CreateSymbolicLink(Path.Combine(folder, "lost"), Path.Combine(folder, "gone"));
        File.CreateSymbolicLink(Path.Combine(folder, "loop"), Path.Combine(folder, "loop"));

        InputFile.Refusal(Path.Combine(folder, "link"), out var bytes).ShouldBeNull();
        bytes.ShouldBe("{}"u8.ToArray());
        InputFile.Refusal(Path.Combine(folder, "lost"), out _).ShouldBe("there is no such file");
        InputFile.Refusal(Path.Combine(folder, "loop"), out _).ShouldStartWith("Too many levels of symbolic links");
    }
}
