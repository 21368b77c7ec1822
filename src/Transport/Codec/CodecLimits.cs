using ClusterRas.Protocol;

namespace ClusterRas.Transport;

/// <summary>What no frame may exceed. A receiver refuses more; a sender's free text is cut to fit.</summary>
public static class CodecLimits
{
    /// <summary>Largest encoded frame: 4 MiB.</summary>
    public const int FrameBytesMax = 4 * 1024 * 1024;

    /// <summary>Largest frame that travels in pieces on the bulk stream: 64 MiB.</summary>
    public const int BulkBytesMax = 64 * 1024 * 1024;

    /// <summary>Longest free text, in UTF-16 characters: 512.</summary>
    public const int TextLengthMax = 512;

    /// <summary>Largest encoded detail of an event: 8 KiB.</summary>
    public const int DetailBytesMax = 8 * 1024;

    /// <summary>Most NUMA nodes of one detail: 256.</summary>
    public const int NumaNodesMax = 256;

    /// <summary>Most handlers of a node or an incident: 256.</summary>
    public const int HandlersMax = 256;

    /// <summary>Most entries of one AppendEntries: 1,024.</summary>
    public const int EntriesPerAppendMax = 1024;

    /// <summary>Most hops that a relayed message may have before it.</summary>
    public const int HopsMax = 2;

    /// <summary>Hex digits of a topology digest.</summary>
    public const int DigestLength = 64;

    /// <summary>Most ancestors of a map that are told: 65, one more than are kept.</summary>
    public const int MapAncestorsMax = MapRecord.AncestorsMax + 1;

    /// <summary>Longest duration that can be said: 100 years, in ms. Longer ones are said as this.</summary>
    public const long DurationMsMax = 36_525L * 24 * 3_600_000;

    /// <summary>The end of the year 9999, in ms since 1970.</summary>
    public const long UnixMsMax = 253_402_300_799_999;
}
