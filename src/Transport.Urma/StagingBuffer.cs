using System.Runtime.InteropServices;

namespace ClusterRas.Transport.Urma;

/// <summary>Native memory that grows as needed and is given back when it has become large.</summary>
internal sealed unsafe class StagingBuffer
{
    private const int KeptBytesMax = 64 * 1024;
    private static long bytesHeld;

    private byte* memory;
    private int capacity;

    /// <summary>Native memory of all of them in this process.</summary>
    public static long BytesHeld => Interlocked.Read(ref bytesHeld);

    /// <summary>Bytes in it.</summary>
    public int Length { get; private set; }

    public Span<byte> Bytes => new(memory, Length);

    /// <summary>Makes it that long; what is in it stays.</summary>
    public void Resize(int length)
    {
        if (length > capacity)
        {
            memory = (byte*)NativeMemory.Realloc(memory, (nuint)length);
            Interlocked.Add(ref bytesHeld, length - capacity);
            capacity = length;
        }

        Length = length;
    }

    /// <summary>Empties it.</summary>
    public void Clear()
    {
        Length = 0;
        if (capacity > KeptBytesMax)
        {
            Free();
        }
    }

    /// <summary>Gives all of it back.</summary>
    public void Free()
    {
        NativeMemory.Free(memory);
        Interlocked.Add(ref bytesHeld, -capacity);
        memory = null;
        capacity = 0;
        Length = 0;
    }
}
