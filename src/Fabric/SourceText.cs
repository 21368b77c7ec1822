using System.Text;

namespace ClusterRas.Fabric;

/// <summary>A file's bytes, and what line and column a place in them has.</summary>
/// <param name="path">The file's name, or what stands for it, for problems; it is not opened.</param>
/// <param name="utf8">Its content, with or without byte order mark.</param>
public sealed class SourceText(string path, ReadOnlySpan<byte> utf8)
{
    // Editors do not show a byte order mark, so it takes no column.
    private readonly byte[] bytes = (utf8.StartsWith("\uFEFF"u8) ? utf8[3..] : utf8).ToArray();

    /// <summary>The file's name as it was given.</summary>
    public string Path { get; } = path;

    /// <summary>The content without byte order mark.</summary>
    public ReadOnlySpan<byte> Bytes => bytes;

    /// <summary>A place in it.</summary>
    public Place At(int offset) => new(this, offset);

    /// <summary>A problem at a place in it.</summary>
    public TopologyProblem Problem(int offset, TopologyProblemCode code, string found, string expected, string advice)
    {
        var (line, column) = Locate(offset);
        return new TopologyProblem(Path, line, column, code, found, expected, advice);
    }

    /// <summary>1-based line, and column in code points.</summary>
    public (int Line, int Column) Locate(int offset)
    {
        var before = Bytes[..Math.Clamp(offset, 0, bytes.Length)];
        var lineStart = before.LastIndexOf((byte)'\n') + 1;
        var column = 1;
        foreach (var b in before[lineStart..])
        {
            column += (b & 0xC0) == 0x80 ? 0 : 1;
        }

        return (before.Count((byte)'\n') + 1, column);
    }

    /// <summary>The offset of a 0-based line's byte, as <see cref="System.Text.Json.JsonException"/> counts.</summary>
    public int OffsetOf(long line, long byteInLine)
    {
        var offset = 0;
        for (; line > 0; line--)
        {
            var end = Bytes[offset..].IndexOf((byte)'\n');
            if (end < 0)
            {
                break;
            }

            offset += end + 1;
        }

        return (int)Math.Min(offset + byteInLine, bytes.Length);
    }

    /// <summary>The offset of the first byte that is not UTF-8; null: all is.</summary>
    public int? FindBadUtf8()
    {
        if (System.Text.Unicode.Utf8.IsValid(Bytes))
        {
            return null;
        }

        var offset = 0;
        while (Rune.DecodeFromUtf8(Bytes[offset..], out _, out var taken) == System.Buffers.OperationStatus.Done)
        {
            offset += taken;
        }

        return offset;
    }
}
