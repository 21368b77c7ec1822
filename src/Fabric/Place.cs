namespace ClusterRas.Fabric;

/// <summary>Where something was said: a text, and a byte in it.</summary>
/// <param name="Text">The file, option or pseudo-file.</param>
/// <param name="Offset">Of the first byte, from the text's start without byte order mark.</param>
public readonly record struct Place(SourceText Text, int Offset)
{
    /// <summary>The place's line, from 1.</summary>
    public int Line => Text.Locate(Offset).Line;

    /// <summary>As problems point at it from elsewhere: <c>line 5</c>, or <c>n02.sh line 5</c> from another text.</summary>
    public string SeenFrom(Place other)
    {
        var line = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"line {Line}");
        return other.Text == Text ? line : $"{Text.Path} {line}";
    }
}

/// <summary>A value with the place where it was said.</summary>
public sealed record Said<T>(T Value, Place At);
