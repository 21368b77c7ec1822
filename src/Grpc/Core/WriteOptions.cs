namespace Grpc.Core;

/// <summary>How a message is to be written.</summary>
[Flags]
public enum WriteFlags
{
    /// <summary>Written and flushed at once.</summary>
    None = 0,

    /// <summary>More follows soon: do not flush for this message.</summary>
    BufferHint = 0x1,

    /// <summary>Do not compress. Nothing here ever does.</summary>
    NoCompress = 0x2,
}

/// <summary>How the messages of a stream are to be written; set before the write that it is for.</summary>
public sealed class WriteOptions(WriteFlags flags = WriteFlags.None)
{
    /// <summary>Each message is flushed.</summary>
    public static readonly WriteOptions Default = new();

    /// <summary>The flags.</summary>
    public WriteFlags Flags { get; } = flags;
}
