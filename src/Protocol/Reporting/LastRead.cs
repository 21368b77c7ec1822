using ClusterRas.Fabric;

namespace ClusterRas.Protocol;

/// <summary>Which word each device gave last under each msgid: an ack for an older one would let that one's waiter go (D2).</summary>
internal sealed class LastRead
{
    private readonly Dictionary<(int Source, ulong Msgid), ReportId> words = [];

    public void Note(DeviceRef device, ReportId word) => words[(device.Source, word.High)] = word;

    /// <summary>Another event has this word's msgid on its device now.</summary>
    public bool HasAnotherThan(ReportCase known) =>
        known.Device is { } device
        && words.TryGetValue((device.Source, known.Report.Id.High), out var last)
        && last != known.Report.Id;

    /// <summary>The word is over and forgotten. What another event has overtaken stays: who waits behind that must not be acked.</summary>
    public void Forget(ReportCase known)
    {
        if (
            known.ReadFrom is { } source
            && words.TryGetValue((source, known.Report.Id.High), out var last)
            && last == known.Report.Id
        )
        {
            words.Remove((source, last.High));
        }
    }
}
