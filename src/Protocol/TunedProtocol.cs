using ClusterRas.Fabric;

namespace ClusterRas.Protocol;

/// <summary>The core's rhythms and limits, as the map has them.</summary>
public static class TunedProtocol
{
    /// <summary>What the core goes by under this tuning.</summary>
    public static ProtocolOptions Of(Tuning tuning)
    {
        return new ProtocolOptions
        {
            HeartbeatEvery = Span(ClusterOption.HeartbeatMs),
            HeartbeatsMissed = tuning[ClusterOption.HeartbeatsMissed],
            ProbeWithin = Span(ClusterOption.ProbeMs),
            BeatEvery = Span(ClusterOption.BeatMs),
            ElectionTimeoutMin = Span(ClusterOption.ElectionMinMs),
            ElectionTimeoutMax = Span(ClusterOption.ElectionMaxMs),
            SeatDelay = Span(ClusterOption.SeatDelayMs),
            LinkAckWithin = Span(ClusterOption.LinkAckMs),
            ResendEvery = Span(ClusterOption.ResendMs),
            DeliverEvery = Span(ClusterOption.DeliverMs),
            HandlerPresentWithin = Span(ClusterOption.HandlerPresentMs),
            WindowDefault = Span(ClusterOption.WindowDefaultMs),
            LogEntriesMax = tuning[ClusterOption.LogEntriesMax],
            ClosedIncidentsMax = tuning[ClusterOption.ClosedIncidentsMax],
            OutboxMax = tuning[ClusterOption.OutboxMax],
            EntriesPerAppendMax = tuning[ClusterOption.EntriesPerAppendMax],
            UnpersistedMax = tuning[ClusterOption.UnpersistedMax],
        };

        TimeSpan Span(ClusterOption option) => TimeSpan.FromMilliseconds(tuning[option]);
    }
}
