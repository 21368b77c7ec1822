namespace ClusterRas.Ctl.Text;

/// <summary>Where answers for people are written.</summary>
internal abstract class Page
{
    /// <summary>With colours where there are any, else plain: no colours, no lines cut or wrapped.</summary>
    public static Page On(Surroundings surroundings) =>
        surroundings.HasColour
            ? new ColourPage(surroundings.Out, surroundings.WidthColumns)
            : new PlainPage(surroundings.Out);

    /// <summary>One line; empty: a gap.</summary>
    public abstract void Line(string text = "", Tone tone = Tone.Plain);

    /// <summary>A table.</summary>
    public abstract void Table(Sheet sheet);
}
