using System.Text;

namespace ClusterRas.Ctl.Text;

/// <summary>For pipes and files: columns apart by two blanks or more, however wide.</summary>
internal sealed class PlainPage(TextWriter output) : Page
{
    public override void Line(string text = "", Tone tone = Tone.Plain) => output.WriteLine(text);

    public override void Table(Sheet sheet)
    {
        var widths = sheet.Headings.Select((h, at) => sheet.Rows.Select(r => r[at].Text.Length).Append(h.Length).Max());
        int[] width = [.. widths];
        Write(sheet.Headings);
        foreach (var row in sheet.Rows)
        {
            Write([.. row.Select(cell => cell.Text)]);
        }

        void Write(IReadOnlyList<string> cells)
        {
            var line = new StringBuilder();
            for (var at = 0; at < cells.Count; at++)
            {
                line.Append(cells[at].PadRight(width[at] + 2));
            }

            output.WriteLine(line.ToString().TrimEnd());
        }
    }
}
