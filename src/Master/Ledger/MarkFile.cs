using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace ClusterRas.Master;

/// <summary>The file of the high-water mark, held open and locked for as long as the ledger is in use.</summary>
/// <remarks>Two slots of one page each, written in turn, each with its own checksum: a write that is torn by a power
/// cut leaves the slot before it. The file has its full length from the start, so that a full disk does not stop
/// it.</remarks>
internal sealed class MarkFile : IDisposable
{
    private const int SlotLength = 4096;
    private const int BodyLength = 8 + 8 + HighWaterMark.Length;

    private static readonly byte[] Magic = "CRASMRK1"u8.ToArray();

    private readonly SafeFileHandle file;
    private readonly string path;
    private long sequence;

    private MarkFile(SafeFileHandle file, string path)
    {
        this.file = file;
        this.path = path;
    }

    /// <summary>False: the file was absent or empty.</summary>
    internal bool Existed { get; private init; }

    /// <summary>The mark as found or last written; null: none, or no slot of the file is sound.</summary>
    internal HighWaterMark? Latest { get; private set; }

    /// <summary>Opens or makes the file. Throws an <see cref="IOException"/> too if another process has it.</summary>
    internal static MarkFile Open(string path)
    {
        // FileShare.None is an advisory lock here (flock): it keeps a second rasd out and no other program.
        var handle = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        try
        {
            var file = new MarkFile(handle, path) { Existed = RandomAccess.GetLength(handle) > 0 };
            file.Load(0);
            file.Load(1);
            return file;
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Writes the first mark of a new file into both slots, and fsyncs.</summary>
    internal void Create(HighWaterMark mark)
    {
        Write(mark);
        Write(mark);
    }

    /// <summary>Writes and fsyncs. On an exception the mark before is still there.</summary>
    internal void Write(HighWaterMark mark)
    {
        var next = sequence + 1;
        var slot = new byte[SlotLength];
        Magic.CopyTo(slot, 0);
        BinaryPrimitives.WriteInt64BigEndian(slot.AsSpan(8), next);
        mark.CopyTo(slot.AsSpan(16));
        ChainHash.Of(slot.AsSpan(0, BodyLength)).CopyTo(slot.AsSpan(BodyLength));

        RandomAccess.Write(file, slot, next % 2 * SlotLength);
        DiskSync.Flush(file, path);
        sequence = next;
        Latest = mark;
    }

    public void Dispose() => file.Dispose();

    private void Load(int number)
    {
        var slot = new byte[BodyLength + ChainHash.Length];
        if (
            RandomAccess.Read(file, slot, (long)number * SlotLength) < slot.Length
            || !slot.AsSpan(0, Magic.Length).SequenceEqual(Magic)
            || !ChainHash.TryRead(slot.AsSpan(BodyLength), out var sum)
            || sum != ChainHash.Of(slot.AsSpan(0, BodyLength))
        )
        {
            return;
        }

        var found = BinaryPrimitives.ReadInt64BigEndian(slot.AsSpan(8));
        if (found > sequence)
        {
            sequence = found;
            Latest = HighWaterMark.Read(slot.AsSpan(16));
        }
    }
}
