using System.Diagnostics.CodeAnalysis;
using ClusterRas.Fabric;

namespace ClusterRas.Transport.Uvb.Native;

/// <summary>This node's end of UVB under one CNA: calls that block, and calls of others to answer.</summary>
internal sealed unsafe class UvbPort : IDisposable
{
    /// <summary>Ours. The kernel's panic messages have 0xC00B2010; the top two bits must be set.</summary>
    public const uint CallId = 0xC00C_5241;

    private readonly UvbHandle handle;

    private UvbPort(UvbHandle handle)
    {
        this.handle = handle;
        WindowBytes = (int)UvbNative.WindowSize(handle);
    }

    /// <summary>Input and answer of one call together.</summary>
    public int WindowBytes { get; }

    /// <summary>Opens the windows of a CNA.</summary>
    /// <param name="path">As the library reads it; empty: as the environment says.</param>
    public static bool TryOpen(
        UvbLibrary library,
        string path,
        Cna cna,
        [NotNullWhen(true)] out UvbPort? port,
        [NotNullWhen(false)] out string? reason
    )
    {
        nint opened = 0;
        var status = UvbNative.Open(path, cna.Value, &opened);
        port = status == UvbStatus.Done ? new UvbPort(new UvbHandle(opened)) : null;
        reason = status switch
        {
            UvbStatus.Done => null,
            UvbStatus.NotThere => $"{library.Path} finds no UVB here: neither a driver nor CRAS_UVB_PATH",
            UvbStatus.Busy => $"CNA {cna} is another process's",
            _ => $"{library.Path} cannot open CNA {cna} (errno {-status})",
        };
        if (port is { WindowBytes: < UvbPacket.OverheadMax * 2 })
        {
            reason = $"{library.Path} has windows of {port.WindowBytes} bytes";
            port.Dispose();
            port = null;
        }

        return port is not null;
    }

    /// <summary>Calls a peer, and waits.</summary>
    /// <param name="answer">Room for the answer; its length is what came. Empty: none is wanted.</param>
    /// <returns>What its handler said, or a <see cref="UvbStatus"/>.</returns>
    public int Call(Cna peer, ReadOnlySpan<byte> input, ref Span<byte> answer, TimeSpan within)
    {
        var size = (uint)answer.Length;
        int status;
        fixed (byte* from = input)
        fixed (byte* to = answer)
        {
            status = UvbNative.Call(
                handle,
                CallId,
                UvbNative.Receiver | peer.Value,
                from,
                (uint)input.Length,
                to,
                to is null ? null : &size,
                (uint)within.TotalMilliseconds
            );
        }

        answer = status == UvbStatus.Done ? answer[..(int)size] : default;
        return status;
    }

    /// <summary>Waits for a call of a peer; one thread at a time.</summary>
    /// <returns>1, 0 after that time without one, or a <see cref="UvbStatus"/>.</returns>
    public int Receive(byte[] buffer, TimeSpan within, out ulong ticket, out uint sender, out int length)
    {
        var size = (uint)buffer.Length;
        int status;
        fixed (byte* to = buffer)
        fixed (ulong* name = &ticket)
        fixed (uint* from = &sender)
        {
            status = UvbNative.Receive(handle, CallId, (uint)within.TotalMilliseconds, name, from, to, &size);
        }

        length = status == 1 ? (int)size : 0;
        return status;
    }

    /// <summary>Answers a call; where the caller has given up, nobody hears it.</summary>
    public void Reply(ulong ticket, int status, ReadOnlySpan<byte> answer)
    {
        fixed (byte* from = answer)
        {
            _ = UvbNative.Reply(handle, ticket, status, from, (uint)answer.Length);
        }
    }

    /// <summary>Whoever waits in it is told so.</summary>
    public void Stop() => UvbNative.Stop(handle);

    public void Dispose() => handle.Dispose();
}
