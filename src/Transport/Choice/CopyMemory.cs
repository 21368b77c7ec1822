using ClusterRas.Protocol;

namespace ClusterRas.Transport;

/// <summary>What came lately over any wire of a link, so that of several copies one is handed up.</summary>
/// <remarks>
/// A copy has the number and the words of the first. The number alone would not do: a peer that was started again counts anew.
/// One that is remembered no more is handed up twice, which those who get it can bear. Not safe for threads.
/// </remarks>
internal sealed class CopyMemory
{
    /// <summary>How many numbers a wire may be behind another. One that stands still keeps a full queue of copies for as long.</summary>
    private const int RememberedMax = 32 * LinkQueue.FramesMaxDefault;

    // By number; of the words a hash is enough. Most links never carry a report.
    private readonly Lazy<int[]> known = new(static () => new int[RememberedMax]);

    /// <summary>What somebody waits for goes over every wire that is open: a report, and the answer to it.</summary>
    public static bool GoesOverAll(Message message) =>
        message switch
        {
            Message.Reporting or Message.Answering or Message.Releasing => true,
            Message.Relayed relayed => GoesOverAll(relayed.Inner),
            _ => false,
        };

    /// <returns>False: it has come before.</returns>
    public bool IsNew(Frame frame)
    {
        // Never zero: that is a place where nothing has been.
        var copy = HashCode.Combine(frame.Sequence, CopyKey.Of(frame.Message)) | 1;
        ref var place = ref known.Value[frame.Sequence % RememberedMax];
        var isNew = place != copy;
        place = copy;
        return isNew;
    }
}
