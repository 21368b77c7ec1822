using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using ClusterRas.Protocol;

namespace ClusterRas.Transport.Recording;

/// <summary>64 bits that stand for what one step has decided, the same in every process.</summary>
internal sealed class EffectDigest : IDisposable
{
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Of effects in their order, and of the next wake.</summary>
    public ulong Of(Instant now, IReadOnlyList<Effect> effects, Instant nextWake)
    {
        Add(nextWake.Nanoseconds);
        foreach (var effect in effects)
        {
            Add(now, effect);
        }

        return Take();
    }

    /// <summary>Of a step that broke a rule.</summary>
    public ulong Of(Exception thrown)
    {
        Add(thrown.GetType().FullName ?? "");
        Add(thrown.Message);
        return Take();
    }

    public void Dispose() => hash.Dispose();

    private void Add(Instant now, Effect effect)
    {
        switch (effect)
        {
            case Effect.Send send:
                Add((send.Link.Peer.Value << 16) | (send.Link.Die.Value << 8) | (int)send.Link.Transport);
                Add(FrameCodec.Encode(send.Frame, now));
                break;
            case Effect.Persist persist:
                Add(persist.Ticket.Value);
                Add(persist.Write);
                break;
            case Effect.Committed committed:
                Add(committed.CommitIndex.Value);
                Add(committed.Entries);
                break;
            case Effect.Restored restored:
                Add(SnapshotCodec.Encode(restored.Snapshot));
                break;
            default:
                // Rare, and records of numbers and texts say all that is in them.
                Add(effect.ToString());
                break;
        }
    }

    private void Add(DiskWrite write)
    {
        Add(write.HardState is { } state ? HardStateCodec.Encode(state) : []);
        Add(write.TruncateFrom?.Value ?? -1);
        Add(write.Append);
        Add(write.Snapshot is { } snapshot ? SnapshotCodec.Encode(snapshot) : []);
        foreach (var put in write.OutboxPut.AsSpan())
        {
            Add(StoredReportCodec.Encode(put));
        }

        foreach (var drop in write.OutboxDrop.AsSpan())
        {
            Add(drop.ToString());
        }
    }

    private void Add(EquatableArray<Entry> entries)
    {
        Add(entries.Count);
        foreach (var entry in entries.AsSpan())
        {
            Add(EntryCodec.Encode(entry));
        }
    }

    private void Add(string text) => Add(Encoding.UTF8.GetBytes(text));

    // With its length, so that two things next to each other are not taken for two others.
    private void Add(byte[] bytes)
    {
        Add(bytes.Length);
        hash.AppendData(bytes);
    }

    private void Add(long number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        hash.AppendData(bytes);
    }

    private ulong Take()
    {
        Span<byte> sum = stackalloc byte[SHA256.HashSizeInBytes];
        _ = hash.GetHashAndReset(sum);
        return BinaryPrimitives.ReadUInt64BigEndian(sum);
    }
}
