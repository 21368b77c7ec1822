using ClusterRas.Protocol;

namespace ClusterRas.Transport;

/// <summary>How a frame is queued, and what goes first when there is no room.</summary>
public enum FrameClass
{
    /// <summary>In order, and given up last: words, answers, handlers, and Raft's own.</summary>
    Event,

    /// <summary>Never queued: only the latest of its kind is kept.</summary>
    Beat,

    /// <summary>Large and given up first; has a lane of its own, so that it holds up nothing.</summary>
    Bulk,
}

/// <summary>Says which message is of which class.</summary>
public static class FrameClasses
{
    /// <summary>The class of a message; what is relayed is an event, whatever is in it.</summary>
    public static FrameClass Of(Message message) =>
        message switch
        {
            Message.Heartbeat or Message.LinkAck => FrameClass.Beat,
            Message.InstallSnapshot => FrameClass.Bulk,
            _ => FrameClass.Event,
        };
}
