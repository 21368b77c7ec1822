using System.Runtime.InteropServices;
using ClusterRas.Fabric;
using ClusterRas.Protocol;
using Google.Protobuf;
using Google.Protobuf.Collections;
using V1 = ClusterRas.Wire.V1;

namespace ClusterRas.Transport;

/// <summary>Generated messages of the log, as our vocabulary. Refusals go to the check; never throws.</summary>
internal static class LogReader
{
    /// <summary>Stands where a refused message was; nobody sees it.</summary>
    private static readonly Words NoWords = new(default, null, null, null, default, 0, Waiter.Nobody, null, null);

    public static Life Life(V1.Life? wire, ref FieldCheck check)
    {
        if (wire is null)
        {
            check.Refuse("life is not set");
            return default;
        }

        return new Life(new BootId(new UInt128(wire.BootHigh, wire.BootLow)), check.Tag(wire.Tag));
    }

    public static DiskId Disk(ulong high, ulong low) => new(new UInt128(high, low));

    public static ClusterId Cluster(ulong high, ulong low) => new(new UInt128(high, low));

    public static Voter Voter(V1.Voter wire, ref FieldCheck check) =>
        new(check.Node(wire.HasNode, wire.Node, "voter"), Disk(wire.DiskHigh, wire.DiskLow));

    public static ReportId Id(V1.ReportId? wire, ref FieldCheck check)
    {
        if (wire is null)
        {
            check.Refuse("report id is not set");
            return default;
        }

        return new ReportId(
            check.Node(wire.HasWitness, wire.Witness, "witness"),
            new BootId(new UInt128(wire.BootHigh, wire.BootLow)),
            check.Door(wire.Door),
            check.Kind(wire.Kind),
            wire.High,
            wire.Low
        );
    }

    public static Words Words(V1.Words? wire, ref FieldCheck check)
    {
        if (wire is null)
        {
            check.Refuse("words are not set");
            return NoWords;
        }

        if (wire.HasVictimEidHigh != wire.HasVictimEidLow)
        {
            check.Refuse("half an eid");
        }

        if (wire.HasVictimCna && !new Cna(wire.VictimCna).IsValid)
        {
            check.Refuse($"cna is {wire.VictimCna}");
        }

        return new Words(
            Id(wire.Id, ref check),
            wire.HasVictimEidHigh ? new Eid(wire.VictimEidHigh, wire.VictimEidLow) : null,
            wire.HasVictimCna ? new Cna(wire.VictimCna) : null,
            wire.HasVictimNode ? check.Node(true, wire.VictimNode, "victim") : null,
            new BootId(new UInt128(wire.VictimBootHigh, wire.VictimBootLow)),
            check.Tag(wire.Tag),
            check.Waiter(wire.Waiter),
            check.DurationMs(wire.HasWindowMs, wire.WindowMs, "window"),
            wire.HasDetail ? Detail(wire.Detail, ref check) : null
        );
    }

    public static Words? OptionalWords(V1.Words? wire, ref FieldCheck check) =>
        wire is null ? null : Words(wire, ref check);

    public static HandlerDeclaration Handler(V1.HandlerDeclaration? wire, ref FieldCheck check)
    {
        if (wire is null)
        {
            check.Refuse("handler is not set");
            return new HandlerDeclaration("", [], TimeSpan.Zero, false, false, false);
        }

        return new HandlerDeclaration(
            check.Name(wire.Name, "handler"),
            Kinds(wire.Kinds, ref check),
            TimeSpan.FromMilliseconds(check.DurationMs(wire.DeadlineMs, "deadline")),
            wire.Required,
            wire.Idempotent,
            wire.NeedsSilence
        );
    }

    public static EquatableArray<EventKind> Kinds(RepeatedField<V1.EventKind> wire, ref FieldCheck check)
    {
        if (!check.Fits(wire.Count, (int)EventKind.LinkChange, "kinds"))
        {
            return [];
        }

        var kinds = new EventKind[wire.Count];
        for (var i = 0; i < kinds.Length; i++)
        {
            kinds[i] = check.Kind(wire[i]);
        }

        return Take(kinds);
    }

    public static EquatableArray<HandlerDeclaration> Handlers(
        RepeatedField<V1.HandlerDeclaration> wire,
        ref FieldCheck check
    )
    {
        if (!check.Fits(wire.Count, CodecLimits.HandlersMax, "handlers"))
        {
            return [];
        }

        var handlers = new HandlerDeclaration[wire.Count];
        for (var i = 0; i < handlers.Length; i++)
        {
            handlers[i] = Handler(wire[i], ref check);
        }

        return Take(handlers);
    }

    public static HandlerResult Result(V1.HandlerResult? wire, ref FieldCheck check)
    {
        if (wire is null)
        {
            check.Refuse("handler result is not set");
            return new HandlerResult("", HandlerOutcome.None, 0, "");
        }

        return new HandlerResult(
            check.Name(wire.Handler, "handler"),
            check.HandlerOutcome(wire.Outcome),
            wire.Result,
            check.Text(wire.Message, "message")
        );
    }

    public static EquatableArray<HandlerResult> Results(RepeatedField<V1.HandlerResult> wire, ref FieldCheck check)
    {
        if (!check.Fits(wire.Count, CodecLimits.HandlersMax, "handler results"))
        {
            return [];
        }

        var results = new HandlerResult[wire.Count];
        for (var i = 0; i < results.Length; i++)
        {
            results[i] = Result(wire[i], ref check);
        }

        return Take(results);
    }

    public static Entry Entry(V1.Entry? wire, ref FieldCheck check)
    {
        if (wire is null || wire.Index == 0)
        {
            check.Refuse(wire is null ? "entry is not set" : "entry has no index");
            return new Entry(default, default, new EntryPayload.NoOp());
        }

        return new Entry(
            check.Index(wire.Index, "index"),
            check.Term(wire.Term),
            PayloadReader.Read(wire.Payload.Span, ref check)
        );
    }

    public static EquatableArray<Entry> Entries(RepeatedField<V1.Entry> wire, int max, ref FieldCheck check)
    {
        if (wire.Count == 0 || !check.Fits(wire.Count, max, "entries"))
        {
            return [];
        }

        var entries = new Entry[wire.Count];
        for (var i = 0; i < entries.Length; i++)
        {
            entries[i] = Entry(wire[i], ref check);

            // A foreign frame may hold a million bad entries; the first one is enough.
            if (check.Refusal is not null)
            {
                return [];
            }
        }

        return Take(entries);
    }

    public static Snapshot Snapshot(V1.Snapshot? wire, ref FieldCheck check)
    {
        if (wire is null)
        {
            check.Refuse("snapshot is not set");
            return new Snapshot(default, default, []);
        }

        // The bytes bound it already; what is retained depends on options that this room does not know.
        return new Snapshot(
            check.Index(wire.LastIndex, "index"),
            check.Term(wire.LastTerm),
            Entries(wire.Entries, int.MaxValue, ref check)
        );
    }

    /// <summary>Takes the array over, without a copy.</summary>
    public static EquatableArray<T> Take<T>(T[] items) =>
        items.Length == 0 ? default : new EquatableArray<T>(ImmutableCollectionsMarshal.AsImmutableArray(items));

    /// <summary>What cannot be read and written back alike is kept as bytes: no detail is worth a lost word.</summary>
    private static EventDetail Detail(ByteString bytes, ref FieldCheck check)
    {
        if (!check.Fits(bytes.Length, CodecLimits.DetailBytesMax, "bytes of detail"))
        {
            return new EventDetail.Unknown([]);
        }

        return
            ProtoBytes.TryParse(V1.EventDetail.Parser, bytes.Span, out var wire, out _)
            && KnownDetail(wire) is { } known
            && LogWriter.DetailBytes(known).AsSpan().SequenceEqual(bytes.Span)
            ? known
            : new EventDetail.Unknown(EquatableArray.Create(bytes.Span));
    }

    private static EventDetail? KnownDetail(V1.EventDetail wire)
    {
        switch (wire.DetailCase)
        {
            case V1.EventDetail.DetailOneofCase.OutOfMemory:
                var oom = wire.OutOfMemory;
                var nodes = new int[oom.NumaNodes.Count];
                oom.NumaNodes.CopyTo(nodes, 0);
                return new EventDetail.OutOfMemory(Take(nodes), oom.Sync, oom.TimeoutMs, oom.Reason);

            case V1.EventDetail.DetailOneofCase.MemoryFault:
                var fault = wire.MemoryFault;
                return new EventDetail.MemoryFault(
                    fault.PhysicalAddress,
                    fault.MemoryType,
                    fault.WithKill,
                    fault.RawType
                );

            case V1.EventDetail.DetailOneofCase.LinkChange:
                var change = wire.LinkChange;
                return new EventDetail.LinkChange(change.PortId, new Cna(change.Cna), change.Up);

            case V1.EventDetail.DetailOneofCase.Text:
                return new EventDetail.Text(wire.Text);

            case V1.EventDetail.DetailOneofCase.None:
            default:
                return null;
        }
    }

    public static EquatableArray<Voter> Voters(RepeatedField<V1.Voter> wire, ref FieldCheck check)
    {
        var voters = Array.Empty<Voter>();
        if (check.Fits(wire.Count, Limits.NodeCountMax, "voters"))
        {
            voters = new Voter[wire.Count];
            for (var i = 0; i < voters.Length; i++)
            {
                voters[i] = Voter(wire[i], ref check);
            }
        }

        return Take(voters);
    }

    public static Voter Seat(V1.Voter? wire, string field, ref FieldCheck check)
    {
        if (wire is null)
        {
            check.Refuse($"{field} is not set");
            return default;
        }

        return Voter(wire, ref check);
    }
}
