namespace ClusterRas.Sentry;

/// <summary>Why bytes are no device record.</summary>
public enum DeviceRecordRefusal
{
    /// <summary>Not 88 bytes.</summary>
    WrongLength,

    /// <summary>A type that the kernel does not give to user space, or that does not exist.</summary>
    UnknownType,

    /// <summary>Msgid 0, which the kernel never gives away and no answer can name.</summary>
    NoMsgid,

    /// <summary>The eid's text has no NUL at its end.</summary>
    EidNotTerminated,

    /// <summary>The eid's text is not an eid in full form.</summary>
    EidMalformed,

    /// <summary>A link event that is neither up nor down.</summary>
    UnknownLinkEvent,
}

/// <summary>What came of reading 88 bytes.</summary>
public abstract record DeviceRecordReading
{
    private DeviceRecordReading() { }

    /// <summary>A record, and the layout that it was found in.</summary>
    public sealed record Taken(DeviceRecord Record, DeviceRecordLayout Layout) : DeviceRecordReading;

    /// <summary>Not a record; the reason is one sentence for logs.</summary>
    public sealed record Refused(DeviceRecordRefusal Why, string Reason) : DeviceRecordReading;
}
