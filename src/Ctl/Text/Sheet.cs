namespace ClusterRas.Ctl.Text;

/// <summary>One cell.</summary>
internal readonly record struct Cell(string Text, Tone Tone)
{
    public static implicit operator Cell(string text) => new(text, Tone.Plain);
}

/// <summary>A table: headings in capitals, rows of as many cells. Empty cells show as "-".</summary>
internal sealed class Sheet(params string[] headings)
{
    private readonly List<Cell[]> rows = [];

    public IReadOnlyList<string> Headings { get; } = headings;

    public IReadOnlyList<Cell[]> Rows => rows;

    public void Add(params Cell[] cells)
    {
        if (cells.Length != Headings.Count)
        {
            throw new ArgumentException($"A row of {cells.Length} cells under {Headings.Count} headings.");
        }

        rows.Add([.. cells.Select(cell => cell with { Text = cell.Text.Length > 0 ? cell.Text : "-" })]);
    }
}
