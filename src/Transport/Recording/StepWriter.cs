using System.Diagnostics;
using ClusterRas.Fabric;
using ClusterRas.Protocol;
using V1 = ClusterRas.Wire.V1;

namespace ClusterRas.Transport.Recording;

/// <summary>A run's start and inputs, as generated messages.</summary>
internal static class StepWriter
{
    public static V1.RecordedStart Write(RunStart start)
    {
        var (self, stored) = (start.Self, start.Stored);
        var wire = new V1.RecordedStart
        {
            Version = start.Version,
            CoreBuild = LogWriter.Bytes(start.CoreBuild.ToByteArray()),
            Node = (uint)self.Node.Value,
            Life = LogWriter.Write(self.Life),
            Seed = self.Seed,
            Topology = TopologyFile.Write(start.Topology),
            DiskHigh = LogWriter.High(stored.Disk.Value),
            DiskLow = LogWriter.Low(stored.Disk.Value),
            HardState = LogWriter.Bytes(HardStateCodec.Encode(stored.HardState)),
            CommitIndex = (ulong)stored.CommitIndex.Value,
            NowNs = start.Now.Nanoseconds,
        };
        foreach (var (name, value) in OptionsByName.Write(start.Options))
        {
            wire.Options.Add(name, value);
        }

        if (stored.Snapshot is { } snapshot)
        {
            wire.Snapshot = LogWriter.Bytes(SnapshotCodec.Encode(snapshot));
        }

        wire.Entries.Add(stored.Entries.Select(entry => LogWriter.Bytes(EntryCodec.Encode(entry))));
        wire.Outbox.Add(stored.Outbox.Select(report => LogWriter.Bytes(StoredReportCodec.Encode(report))));
        return wire;
    }

    /// <param name="into">Receives the input.</param>
    /// <param name="numberOf">The number of an effect that was given back.</param>
    public static void Put(V1.RecordedStep into, Input input, Func<Effect, ulong> numberOf)
    {
        switch (input)
        {
            case Input.Woke:
                into.Woke = new V1.RecordedNothing();
                break;
            case Input.Arrived arrived:
                into.Arrived = Frame(arrived);
                break;
            case Input.LinkOpened opened:
                into.LinkOpened = Link(opened.Link);
                break;
            case Input.LinkClosed closed:
                into.LinkClosed = new V1.RecordedLoss { Link = Link(closed.Link), Loss = (uint)closed.Loss };
                break;
            case Input.Raised raised:
                into.Raised = new V1.RecordedWord
                {
                    Report = LogWriter.Bytes(StoredReportCodec.Encode(new StoredReport(raised.Report, raised.Device))),
                    KeepsCopies = raised.Device?.KeepsCopies ?? false,
                };
                break;
            case Input.DeviceReopened reopened:
                into.DeviceReopened = new V1.RecordedDevice
                {
                    Source = reopened.Device.Source,
                    Epoch = reopened.Device.Epoch,
                    KeepsCopies = reopened.Device.KeepsCopies,
                };
                break;
            case Input.Released released:
                into.Released = new V1.RecordedRelease
                {
                    Report = LogWriter.Write(released.Report),
                    Outcome = (V1.ReleaseOutcome)released.Outcome,
                };
                break;
            case Input.Persisted persisted:
                into.PersistedTicket = persisted.Ticket.Value;
                break;
            case Input.StorageStalled stalled:
                into.StorageStalled = stalled.Reason;
                break;
            case Input.HandlersPresent present:
                into.HandlersPresent = new V1.RecordedNames { Names = { present.Names } };
                break;
            case Input.HandlerAnswered answered:
                into.HandlerAnswered = new V1.RecordedAnswer
                {
                    Incident = answered.Incident.Index.Value,
                    Result = LogWriter.Write(answered.Result),
                };
                break;
            case Input.Asked asked:
                into.Asked = new V1.Asking
                {
                    Nonce = asked.Nonce,
                    Wish = LogWriter.Bytes(EntryCodec.EncodePayload(asked.Wish)),
                };
                break;
            case Input.RecoveryOrdered ordered:
                into.RecoveryOrdered = RecoveryRecord.Write(ordered);
                break;
            case Input.Withdrawn withdrawn:
                into.WithdrawnNonce = withdrawn.Nonce;
                break;
            case Input.Returned returned:
                into.Returned = numberOf(returned.Effect);
                break;
            default:
                throw new UnreachableException(input.GetType().Name);
        }
    }

    private static V1.RecordedFrame Frame(Input.Arrived arrived)
    {
        var reference = FrameReference.Of(arrived.Frame.Message);
        var frame = FrameCodec.ToWire(arrived.Frame, reference);
        frame.SentAtUs = (ulong)((arrived.Frame.SentAt?.Nanoseconds ?? 0) / 1000);
        return new V1.RecordedFrame
        {
            Link = Link(arrived.Link),
            Frame = frame,
            ReferenceNs = reference.Nanoseconds,
        };
    }

    private static V1.RecordedLink Link(LinkId link) =>
        new()
        {
            Peer = (uint)link.Peer.Value,
            Die = (uint)link.Die.Value,
            // The vocabulary's zero is a real transport.
            Transport = (V1.TransportKind)(link.Transport + 1),
        };
}
