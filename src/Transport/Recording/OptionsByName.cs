using ClusterRas.Protocol;

namespace ClusterRas.Transport.Recording;

/// <summary>Rhythms and limits as numbers by name.</summary>
internal static class OptionsByName
{
    public static IEnumerable<(string Name, long Value)> Write(ProtocolOptions options) =>
        [
            (nameof(options.HeartbeatEvery), options.HeartbeatEvery.Ticks),
            (nameof(options.HeartbeatsMissed), options.HeartbeatsMissed),
            (nameof(options.ProbeWithin), options.ProbeWithin.Ticks),
            (nameof(options.BeatEvery), options.BeatEvery.Ticks),
            (nameof(options.ElectionTimeoutMin), options.ElectionTimeoutMin.Ticks),
            (nameof(options.ElectionTimeoutMax), options.ElectionTimeoutMax.Ticks),
            (nameof(options.SeatDelay), options.SeatDelay.Ticks),
            (nameof(options.LinkAckWithin), options.LinkAckWithin.Ticks),
            (nameof(options.ResendEvery), options.ResendEvery.Ticks),
            (nameof(options.DeliverEvery), options.DeliverEvery.Ticks),
            (nameof(options.HandlerPresentWithin), options.HandlerPresentWithin.Ticks),
            (nameof(options.WindowDefault), options.WindowDefault.Ticks),
            (nameof(options.LogEntriesMax), options.LogEntriesMax),
            (nameof(options.ClosedIncidentsMax), options.ClosedIncidentsMax),
            (nameof(options.OutboxMax), options.OutboxMax),
            (nameof(options.EntriesPerAppendMax), options.EntriesPerAppendMax),
            (nameof(options.UnpersistedMax), options.UnpersistedMax),
            (nameof(options.UvbEnabled), options.UvbEnabled ? 1 : 0),
        ];

    /// <summary>Throws <see cref="InvalidDataException"/> where a name is missing.</summary>
    public static ProtocolOptions Read(IDictionary<string, long> values)
    {
        return new ProtocolOptions
        {
            HeartbeatEvery = Span(nameof(ProtocolOptions.HeartbeatEvery)),
            HeartbeatsMissed = Count(nameof(ProtocolOptions.HeartbeatsMissed)),
            ProbeWithin = Span(nameof(ProtocolOptions.ProbeWithin)),
            BeatEvery = Span(nameof(ProtocolOptions.BeatEvery)),
            ElectionTimeoutMin = Span(nameof(ProtocolOptions.ElectionTimeoutMin)),
            ElectionTimeoutMax = Span(nameof(ProtocolOptions.ElectionTimeoutMax)),
            SeatDelay = Span(nameof(ProtocolOptions.SeatDelay)),
            LinkAckWithin = Span(nameof(ProtocolOptions.LinkAckWithin)),
            ResendEvery = Span(nameof(ProtocolOptions.ResendEvery)),
            DeliverEvery = Span(nameof(ProtocolOptions.DeliverEvery)),
            HandlerPresentWithin = Span(nameof(ProtocolOptions.HandlerPresentWithin)),
            WindowDefault = Span(nameof(ProtocolOptions.WindowDefault)),
            LogEntriesMax = Count(nameof(ProtocolOptions.LogEntriesMax)),
            ClosedIncidentsMax = Count(nameof(ProtocolOptions.ClosedIncidentsMax)),
            OutboxMax = Count(nameof(ProtocolOptions.OutboxMax)),
            EntriesPerAppendMax = Count(nameof(ProtocolOptions.EntriesPerAppendMax)),
            UnpersistedMax = Count(nameof(ProtocolOptions.UnpersistedMax)),
            UvbEnabled = Count(nameof(ProtocolOptions.UvbEnabled)) != 0,
        };

        long Value(string name) =>
            values.TryGetValue(name, out var value)
                ? value
                : throw new InvalidDataException($"option {name} is missing");

        int Count(string name) => checked((int)Value(name));

        TimeSpan Span(string name) => new(Value(name));
    }
}
