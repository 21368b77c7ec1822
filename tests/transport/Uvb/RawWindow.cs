using System.IO.MemoryMappedFiles;
using ClusterRas.Fabric;

namespace ClusterRas.Transport.Tests;

/// <summary>One window of a CNA as it lies in its file, read and written by offset and by no code of the product.</summary>
internal sealed class RawWindow : IDisposable
{
    private const int HeadBytes = 64;
    private const int PlaceBytes = 64 + 64 + 4096;

    private readonly MemoryMappedFile file;
    private readonly MemoryMappedViewAccessor view;
    private readonly int begin;

    public RawWindow(string path, int number)
    {
        file = MemoryMappedFile.CreateFromFile(
            new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite),
            null,
            0,
            MemoryMappedFileAccess.ReadWrite,
            HandleInheritability.None,
            leaveOpen: false
        );
        view = file.CreateViewAccessor();
        begin = HeadBytes + (number * PlaceBytes);
    }

    public byte Version => view.ReadByte(begin);

    public uint MessageId
    {
        get => Read(4);
        set => Write(4, value);
    }

    public uint SenderId
    {
        get => Read(8);
        set => Write(8, value);
    }

    public uint ReceiverId
    {
        get => Read(12);
        set => Write(12, value);
    }

    /// <summary>Here: where in the file.</summary>
    public ulong InputAddress
    {
        get => view.ReadUInt64(begin + 16);
        set => view.Write(begin + 16, value);
    }

    public uint InputSize
    {
        get => Read(24);
        set => Write(24, value);
    }

    public uint InputSum
    {
        get => Read(28);
        set => Write(28, value);
    }

    public ulong OutputAddress => view.ReadUInt64(begin + 32);

    public uint OutputSize
    {
        get => Read(40);
        set => Write(40, value);
    }

    public uint OutputSum
    {
        get => Read(44);
        set => Write(44, value);
    }

    public int Status
    {
        get => (int)Read(48);
        set => Write(48, (uint)value);
    }

    public uint ForwarderId => Read(60);

    public uint GrabWord
    {
        get => Read(64);
        set => Write(64, value);
    }

    /// <summary>Where in the file its buffer begins.</summary>
    public int BufferBegin => begin + 128;

    public byte[] Buffer(int offset, int count)
    {
        var bytes = new byte[count];
        view.ReadArray(BufferBegin + offset, bytes, 0, count);
        return bytes;
    }

    public void Put(int offset, ReadOnlySpan<byte> bytes)
    {
        for (var at = 0; at < bytes.Length; at++)
        {
            view.Write(BufferBegin + offset + at, bytes[at]);
        }
    }

    /// <summary>The sum by its definition: little-endian words, the last one filled up with zeros.</summary>
    public static uint SumOf(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (var at = 0; at < bytes.Length; at++)
        {
            sum += (uint)bytes[at] << (8 * (at % 4));
        }

        return sum;
    }

    public void Dispose()
    {
        view.Dispose();
        file.Dispose();
    }

    private uint Read(int offset)
    {
        Thread.MemoryBarrier();
        return view.ReadUInt32(begin + offset);
    }

    private void Write(int offset, uint value)
    {
        Thread.MemoryBarrier();
        view.Write(begin + offset, value);
    }
}
