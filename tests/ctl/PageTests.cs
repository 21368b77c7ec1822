using ClusterRas.Ctl.Text;

namespace ClusterRas.Ctl.Tests;

public sealed class PageTests
{
    [Fact]
    public void ColourPage_Table_HasColoursAndTheSameWords()
    {
        var output = new StringWriter();
        var page = new ColourPage(output, 80);
        var sheet = new Sheet("NODE", "HEALTH");
        sheet.Add("n01", new Cell("up", Tone.Good));
        sheet.Add("[n02]", new Cell("", Tone.Bad));

        page.Table(sheet);
        page.Line("gone", Tone.Bad);

        output.ToString().ShouldContain("\e[32mup\e[0m");
        output.ToString().ShouldContain("[n02]");
        output.ToString().ShouldContain("\e[31mgone\e[0m");
    }

    [Fact]
    public void PlainPage_WideTable_IsNeitherCutNorWrapped()
    {
        var output = new StringWriter();
        var sheet = new Sheet("A", "B", "C");
        sheet.Add(new string('x', 300), "", "z");

        new PlainPage(output).Table(sheet);

        output.ToString().ShouldBe($"A{new string(' ', 301)}B  C\n{new string('x', 300)}  -  z\n");
    }

    [Theory]
    [InlineData("plain text", "plain text")]
    [InlineData("two\nlines\r", "two\\nlines\\u000d")]
    [InlineData("\e[31mred", "\\u001b[31mred")]
    [InlineData("Größe 节点", "Größe 节点")]
    [InlineData("\u202egnp.exe", "\\u202egnp.exe")]
    public void Printable_OfAnyText_CannotSteerATerminal(string text, string shown) =>
        Printable.Of(text).ShouldBe(shown);

    [Theory]
    [InlineData(0, "0 ms")]
    [InlineData(999, "999 ms")]
    [InlineData(1_000, "1 s")]
    [InlineData(34_989, "34.98 s")]
    [InlineData(60_000, "1 min 0 s")]
    [InlineData(3_725_000, "1 h 2 min")]
    [InlineData(187_200_000, "2 d 4 h")]
    public void Spans_OfMilliseconds_ReadAsPeopleSayThem(ulong ms, string says) => Spans.OfMs(ms).ShouldBe(says);
}
