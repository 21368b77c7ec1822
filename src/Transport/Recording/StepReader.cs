using ClusterRas.Fabric;
using ClusterRas.Protocol;
using V1 = ClusterRas.Wire.V1;

namespace ClusterRas.Transport.Recording;

/// <summary>A run's start and inputs, out of generated messages. Throws <see cref="InvalidDataException"/> for what no recorder writes.</summary>
internal static class StepReader
{
    public static RunStart Read(V1.RecordedStart wire)
    {
        var check = new FieldCheck();
        var stored = new StoredState(
            LogReader.Disk(wire.DiskHigh, wire.DiskLow),
            HardStateCodec.TryDecode(wire.HardState.Span, out var state, out var reason) ? state : throw Bad(reason),
            wire.HasSnapshot ? Snapshot(wire.Snapshot.Span) : null,
            [.. wire.Entries.Select(entry => Entry(entry.Span))],
            [.. wire.Outbox.Select(report => Report(report.Span))],
            check.Index(wire.CommitIndex, "commit index")
        );
        var start = new RunStart(
            new NodeIdentity(
                check.Node(wire.HasNode, wire.Node, "node"),
                LogReader.Life(wire.Life, ref check),
                wire.Seed
            ),
            Topology(wire.Topology),
            OptionsByName.Read(wire.Options),
            stored,
            new Instant(wire.NowNs),
            wire.Version,
            wire.CoreBuild.Length == 16 ? new Guid(wire.CoreBuild.Span) : throw Bad("core build is no id")
        );
        return check.Refusal is { } refusal ? throw Bad(refusal) : start;
    }

    /// <param name="returned">Gives the effect of a number.</param>
    public static Input Read(V1.RecordedStep wire, Func<ulong, Effect?> returned)
    {
        var check = new FieldCheck();
        var input = Read(wire, returned, ref check);
        return check.Refusal is { } refusal ? throw Bad(refusal) : input;
    }

    private static Input Read(V1.RecordedStep wire, Func<ulong, Effect?> returned, ref FieldCheck check)
    {
        switch (wire.InputCase)
        {
            case V1.RecordedStep.InputOneofCase.Woke:
                return new Input.Woke();
            case V1.RecordedStep.InputOneofCase.Arrived:
                return FrameCodec.TryFromWire(
                    wire.Arrived.Frame ?? new V1.Frame(),
                    new Instant(wire.Arrived.ReferenceNs),
                    out var frame,
                    out var reason
                )
                    ? new Input.Arrived(Link(wire.Arrived.Link, ref check), frame)
                    : throw Bad(reason);
            case V1.RecordedStep.InputOneofCase.LinkOpened:
                return new Input.LinkOpened(Link(wire.LinkOpened, ref check));
            case V1.RecordedStep.InputOneofCase.LinkClosed:
                return new Input.LinkClosed(Link(wire.LinkClosed.Link, ref check), (LinkLoss)wire.LinkClosed.Loss);
            case V1.RecordedStep.InputOneofCase.Raised:
                var stored = Report(wire.Raised.Report.Span);
                DeviceRef? device = stored.Device is { } known
                    ? known with
                    {
                        KeepsCopies = wire.Raised.KeepsCopies,
                    }
                    : null;
                return new Input.Raised(stored.Report, device);
            case V1.RecordedStep.InputOneofCase.DeviceReopened:
                var opened = wire.DeviceReopened;
                return new Input.DeviceReopened(new DeviceRef(opened.Source, opened.Epoch, opened.KeepsCopies));
            case V1.RecordedStep.InputOneofCase.Released:
                return new Input.Released(
                    LogReader.Id(wire.Released.Report, ref check),
                    check.Outcome(wire.Released.Outcome)
                );
            case V1.RecordedStep.InputOneofCase.PersistedTicket:
                return new Input.Persisted(new Ticket(wire.PersistedTicket));
            case V1.RecordedStep.InputOneofCase.StorageStalled:
                return new Input.StorageStalled(wire.StorageStalled);
            case V1.RecordedStep.InputOneofCase.HandlersPresent:
                return new Input.HandlersPresent([.. wire.HandlersPresent.Names]);
            case V1.RecordedStep.InputOneofCase.HandlerAnswered:
                return new Input.HandlerAnswered(
                    new IncidentId(new LogIndex(wire.HandlerAnswered.Incident)),
                    LogReader.Result(wire.HandlerAnswered.Result, ref check)
                );
            case V1.RecordedStep.InputOneofCase.Asked:
                return EntryCodec.TryDecodePayload(wire.Asked.Wish.Span, out var wish, out var refusal)
                    ? new Input.Asked(wire.Asked.Nonce, wish)
                    : throw Bad(refusal);
            case V1.RecordedStep.InputOneofCase.RecoveryOrdered:
                return RecoveryRecord.Read(wire.RecoveryOrdered, ref check);
            case V1.RecordedStep.InputOneofCase.WithdrawnNonce:
                return new Input.Withdrawn(wire.WithdrawnNonce);
            case V1.RecordedStep.InputOneofCase.Returned:
                return new Input.Returned(
                    returned(wire.Returned) ?? throw Bad($"effect {wire.Returned} was given back and never decided")
                );
            default:
                throw Bad("a step without an input");
        }
    }

    private static LinkId Link(V1.RecordedLink? wire, ref FieldCheck check)
    {
        if (wire?.Transport is not (> V1.TransportKind.Unspecified and <= V1.TransportKind.Grpc))
        {
            check.Refuse("a link without a transport");
            return default;
        }

        return new LinkId(
            check.Node(true, wire.Peer, "peer"),
            check.Die(wire.Die),
            (TransportKind)(wire.Transport - 1)
        );
    }

    private static Topology Topology(string text) =>
        TopologyFile.Read(text, "topology", new TopologyReadOptions { NodeCountMax = Limits.NodeCountMax }) switch
        {
            TopologyReading.Accepted accepted => accepted.Topology,
            TopologyReading.Refused refused => throw Bad(refused.Problems[0].ToString()),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    private static Snapshot Snapshot(ReadOnlySpan<byte> bytes) =>
        SnapshotCodec.TryDecode(bytes, out var snapshot, out var reason) ? snapshot : throw Bad(reason);

    private static Entry Entry(ReadOnlySpan<byte> bytes) =>
        EntryCodec.TryDecode(bytes, out var entry, out var reason) ? entry : throw Bad(reason);

    private static StoredReport Report(ReadOnlySpan<byte> bytes) =>
        StoredReportCodec.TryDecode(bytes, out var report, out var reason) ? report : throw Bad(reason);

    private static InvalidDataException Bad(string reason) => new(reason);
}
