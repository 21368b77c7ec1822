using ClusterRas.Fabric;
using ClusterRas.Protocol;
using Google.Protobuf;
using V1 = ClusterRas.Wire.V1;

namespace ClusterRas.Transport;

/// <summary>The vocabulary of the log, as generated messages.</summary>
internal static class LogWriter
{
    public static V1.Life Write(Life life) =>
        new()
        {
            BootHigh = High(life.Boot.Value),
            BootLow = Low(life.Boot.Value),
            Tag = (uint)life.Tag,
        };

    public static V1.Voter Write(Voter voter) =>
        new()
        {
            Node = (uint)voter.Node.Value,
            DiskHigh = High(voter.Disk.Value),
            DiskLow = Low(voter.Disk.Value),
        };

    public static V1.ReportId Write(ReportId id) =>
        new()
        {
            Witness = (uint)id.Witness.Value,
            BootHigh = High(id.Boot.Value),
            BootLow = Low(id.Boot.Value),
            Door = (V1.ReportDoor)id.Door,
            Kind = (V1.EventKind)id.Kind,
            High = id.High,
            Low = id.Low,
        };

    public static V1.Words Write(Words words)
    {
        var wire = new V1.Words
        {
            Id = Write(words.Id),
            VictimBootHigh = High(words.VictimBoot.Value),
            VictimBootLow = Low(words.VictimBoot.Value),
            Tag = (uint)words.Tag,
            Waiter = (V1.Waiter)(words.Waiter + 1),
        };
        if (words.VictimEid is { } eid)
        {
            wire.VictimEidHigh = eid.High;
            wire.VictimEidLow = eid.Low;
        }

        if (words.VictimCna is { } cna)
        {
            wire.VictimCna = cna.Value;
        }

        if (words.VictimNode is { } node)
        {
            wire.VictimNode = (uint)node.Value;
        }

        if (words.WindowMs is { } windowMs)
        {
            wire.WindowMs = Duration(windowMs);
        }

        if (words.Detail is { } detail)
        {
            wire.Detail = Bytes(DetailBytes(detail));
        }

        return wire;
    }

    public static V1.HandlerDeclaration Write(HandlerDeclaration handler)
    {
        var wire = new V1.HandlerDeclaration
        {
            Name = handler.Name,
            // Rounded up: a handler that asked for less than 1 ms did not ask for none.
            DeadlineMs = Duration((long)Math.Ceiling(handler.Deadline.TotalMilliseconds)),
            Required = handler.Required,
            Idempotent = handler.Idempotent,
            NeedsSilence = handler.NeedsSilence,
        };
        foreach (var kind in handler.Kinds.AsSpan())
        {
            wire.Kinds.Add((V1.EventKind)kind);
        }

        return wire;
    }

    public static V1.HandlerResult Write(HandlerResult result) =>
        new()
        {
            Handler = result.Handler,
            Outcome = (V1.HandlerOutcome)result.Outcome,
            Result = result.Result,
            Message = Clip(result.Message),
        };

    public static V1.Entry Write(Entry entry) =>
        new()
        {
            Index = (ulong)entry.Index.Value,
            Term = (ulong)entry.Term.Value,
            Payload = Bytes(EntryCodec.EncodePayload(entry.Payload)),
        };

    public static V1.Snapshot Write(Snapshot snapshot)
    {
        var wire = new V1.Snapshot
        {
            LastIndex = (ulong)snapshot.LastIndex.Value,
            LastTerm = (ulong)snapshot.LastTerm.Value,
        };
        wire.Entries.Capacity = snapshot.Entries.Count;
        foreach (var entry in snapshot.Entries.AsSpan())
        {
            wire.Entries.Add(Write(entry));
        }

        return wire;
    }

    /// <summary>Takes the array over, without a copy.</summary>
    public static ByteString Bytes(byte[] bytes) => UnsafeByteOperations.UnsafeWrap(bytes);

    public static ulong High(UInt128 value) => (ulong)(value >> 64);

    public static ulong Low(UInt128 value) => (ulong)value;

    /// <summary>A duration is never negative and never refused: a strange clock must not cost an event.</summary>
    public static ulong Duration(long ms) => (ulong)Math.Clamp(ms, 0, CodecLimits.DurationMsMax);

    /// <summary>Cuts free text to the limit, since the other side would refuse the whole frame for it.</summary>
    public static string Clip(string text)
    {
        if (text.Length <= CodecLimits.TextLengthMax)
        {
            return text;
        }

        var length = CodecLimits.TextLengthMax;
        return text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];
    }

    public static byte[] DetailBytes(EventDetail detail) =>
        detail is EventDetail.Unknown unknown ? unknown.Bytes.AsSpan().ToArray() : ProtoBytes.ToArray(Known(detail));

    private static V1.EventDetail Known(EventDetail detail)
    {
        switch (detail)
        {
            case EventDetail.OutOfMemory oom:
                var memory = new V1.OutOfMemoryDetail
                {
                    Sync = oom.Sync,
                    TimeoutMs = oom.TimeoutMs,
                    Reason = oom.Reason,
                };
                var numaNodes = oom.NumaNodes.AsSpan();
                foreach (var node in numaNodes[..Math.Min(numaNodes.Length, CodecLimits.NumaNodesMax)])
                {
                    memory.NumaNodes.Add(node);
                }

                return new V1.EventDetail { OutOfMemory = memory };

            case EventDetail.MemoryFault fault:
                return new V1.EventDetail
                {
                    MemoryFault = new V1.MemoryFaultDetail
                    {
                        PhysicalAddress = fault.PhysicalAddress,
                        MemoryType = fault.MemoryType,
                        WithKill = fault.WithKill,
                        RawType = fault.RawType,
                    },
                };

            case EventDetail.LinkChange change:
                return new V1.EventDetail
                {
                    LinkChange = new V1.LinkChangeDetail
                    {
                        PortId = change.PortId,
                        Cna = change.Cna.Value,
                        Up = change.Up,
                    },
                };

            case EventDetail.Text text:
                return new V1.EventDetail { Text = Clip(text.Value) };

            default:
                throw new System.Diagnostics.UnreachableException(detail.GetType().Name);
        }
    }
}
