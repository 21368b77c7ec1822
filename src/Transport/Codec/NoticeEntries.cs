using ClusterRas.Fabric;
using ClusterRas.Protocol;
using V1 = ClusterRas.Wire.V1;

namespace ClusterRas.Transport;

/// <summary>What the log says about notices and mutes, as generated messages and back.</summary>
internal static class NoticeEntries
{
    public static V1.Notified Write(EntryPayload.Notified notified) =>
        new()
        {
            Incident = (ulong)notified.Incident.Index.Value,
            Channel = notified.Channel,
            Moment = (V1.NoticeMoment)notified.Moment,
            Stage = (V1.NoticeStage)notified.Stage,
            Attempt = (uint)notified.Attempt,
            By = (uint)notified.By.Value,
            Process = notified.Process,
            Detail = LogWriter.Clip(notified.Detail),
        };

    public static EntryPayload.Notified Read(V1.Notified wire, ref FieldCheck check) =>
        new(
            check.Incident(wire.Incident),
            check.Name(wire.Channel, "channel"),
            check.NoticeMoment(wire.Moment),
            check.NoticeStage(wire.Stage),
            check.Count(wire.Attempt, "attempt"),
            check.Node(wire.HasBy, wire.By, "by"),
            wire.Process,
            check.Text(wire.Detail, "detail")
        );

    public static V1.Muted Write(EntryPayload.Muted muted, V1.Warrant warrant)
    {
        var wire = new V1.Muted
        {
            UntilUnixMs = (ulong)Math.Max(0, muted.UntilUnixMs),
            Maintenance = muted.IsMaintenance,
            Warrant = warrant,
        };
        if (muted.Node is { } node)
        {
            wire.Node = (uint)node.Value;
        }

        foreach (var kind in muted.Kinds.AsSpan())
        {
            wire.Kinds.Add((V1.EventKind)kind);
        }

        return wire;
    }

    public static EntryPayload.Muted Read(V1.Muted wire, Warrant warrant, ref FieldCheck check) =>
        new(
            wire.HasNode ? check.Node(true, wire.Node, "node") : null,
            LogReader.Kinds(wire.Kinds, ref check),
            check.Index(wire.UntilUnixMs, "until_unix_ms").Value,
            wire.Maintenance,
            warrant
        );
}
