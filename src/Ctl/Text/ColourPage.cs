using Spectre.Console;

namespace ClusterRas.Ctl.Text;

/// <summary>For terminals.</summary>
internal sealed class ColourPage : Page
{
    private readonly IAnsiConsole console;

    public ColourPage(TextWriter output, int widthColumns)
    {
        console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Ansi = AnsiSupport.Yes,
                // The terminal's own sixteen: they are readable on its own background.
                ColorSystem = ColorSystemSupport.Standard,
                Interactive = InteractionSupport.No,
                Out = new AnsiConsoleOutput(output),
            }
        );
        console.Profile.Width = widthColumns > 0 ? widthColumns : 80;
    }

    public override void Line(string text = "", Tone tone = Tone.Plain)
    {
        // Long lines are left to the terminal: it wraps them so that they can be copied.
        console.Profile.Out.Writer.WriteLine(Coloured(text, tone));
    }

    public override void Table(Sheet sheet)
    {
        var table = new Table { Border = TableBorder.None, ShowHeaders = true };
        foreach (var heading in sheet.Headings)
        {
            var column = new TableColumn(new Spectre.Console.Text(heading, new Style(decoration: Decoration.Bold)));
            table.AddColumn(column.Padding(0, 0, 2, 0));
        }

        foreach (var row in sheet.Rows)
        {
            table.AddRow(row.Select(cell => new Spectre.Console.Text(cell.Text, StyleOf(cell.Tone))));
        }

        console.Write(table);
    }

    private static string Coloured(string text, Tone tone) =>
        tone switch
        {
            Tone.Good => $"\e[32m{text}\e[0m",
            Tone.Uneasy => $"\e[33m{text}\e[0m",
            Tone.Bad => $"\e[31m{text}\e[0m",
            Tone.Quiet => $"\e[90m{text}\e[0m",
            _ => text,
        };

    private static Style StyleOf(Tone tone) =>
        tone switch
        {
            Tone.Good => new Style(Color.Green),
            Tone.Uneasy => new Style(Color.Olive),
            Tone.Bad => new Style(Color.Maroon),
            Tone.Quiet => new Style(Color.Grey),
            _ => Style.Plain,
        };
}
