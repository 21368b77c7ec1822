using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using ClusterRas.Fabric;
using ClusterRas.Transport.Uvb.Native;

namespace ClusterRas.Transport.Uvb;

/// <summary>One CNA of this node: finds its windows, answers calls to it, and runs its links on it.</summary>
[SuppressMessage(
    "Reliability",
    "CA1001",
    Justification = "Whoever ends it may come after its end; the sources hold no handle."
)]
internal sealed class UvbRail(UvbTransport transport, Cna local) : INativeRail<UvbLink>
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly Dictionary<UvbLink, CancellationTokenSource> runs = [];
    private readonly CancellationTokenSource leaving = new();
    private readonly TaskCompletionSource looked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile FrozenDictionary<uint, UvbLink> byPeer = FrozenDictionary<uint, UvbLink>.Empty;
    private volatile UvbLink[] links = [];
    private PortUse? present;
    private string? lastReason;
    private long strangers;

    /// <summary>It listens, or has found that it cannot.</summary>
    public Task Looked => looked.Task;

    /// <summary>These links from now on. Those that are new begin, those that are missing end, the others are not touched.</summary>
    public void Follow(UvbLink[] next)
    {
        lock (gate)
        {
            var before = links;
            links = next;
            byPeer = next.DistinctBy(link => link.Address.Peer).ToFrozenDictionary(link => link.Address.Peer.Value);
            foreach (var gone in before.Except(next))
            {
                if (runs.TryGetValue(gone, out var run))
                {
                    _ = run.CancelAsync();
                }
                else
                {
                    gone.NoteGone();
                }
            }

            if (present is { } use)
            {
                foreach (var link in next.Except(before))
                {
                    Begin(link, use);
                }
            }
        }
    }

    /// <summary>No link is left to it: the windows are given back.</summary>
    public void Leave()
    {
        Follow([]);
        _ = leaving.CancelAsync();
    }

    /// <summary>Until the transport ends, or it is left.</summary>
    public async Task RunAsync(CancellationToken ending)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(ending, leaving.Token);
        var stop = stopping.Token;
        while (!stop.IsCancellationRequested)
        {
            var isOpen = TryOpen(out var port, out var reason);
            looked.TrySetResult();
            if (isOpen && port is not null)
            {
                lastReason = null;
                await UseAsync(port, stop).ConfigureAwait(false);
                reason = "the device was lost";
            }

            if (stop.IsCancellationRequested)
            {
                return;
            }

            reason ??= "no reason was given";
            if (reason != lastReason)
            {
                transport.Log.PortNone(local, reason);
                lastReason = reason;
            }

            foreach (var link in links)
            {
                link.NoteNoPort(reason);
            }

            await Task.WhenAny(Task.Delay(transport.Options.LookAgainAfter, stop)).ConfigureAwait(false);
        }
    }

    private bool TryOpen([NotNullWhen(true)] out UvbPort? port, [NotNullWhen(false)] out string? reason)
    {
        port = null;
        if (
            !UvbLibrary.TryOpen(transport.Options.LibraryPath, out var library, out reason)
            || !UvbPort.TryOpen(library, transport.Options.DevicePath, local, out port, out reason)
        )
        {
            return false;
        }

        transport.Log.PortOpen(local, library.Path);
        return true;
    }

    private async Task UseAsync(UvbPort port, CancellationToken stop)
    {
        using var lost = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var use = new PortUse(port, lost.Token);
        var listening = Task.Factory.StartNew(
            () => Listen(port, lost),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );
        lock (gate)
        {
            present = use;
            foreach (var link in links)
            {
                Begin(link, use);
            }
        }

        await Task.WhenAny(Task.Delay(Timeout.Infinite, lost.Token)).ConfigureAwait(false);
        lock (gate)
        {
            present = null;
        }

        try
        {
            // Peers that say goodbye, too, are answered until the last link has ended.
            await use.Running.WhenEndedAsync().ConfigureAwait(false);
        }
        finally
        {
            port.Stop();
            await listening.ConfigureAwait(false);
            port.Dispose();
        }
    }

    private void Begin(UvbLink link, PortUse use)
    {
        var stop = CancellationTokenSource.CreateLinkedTokenSource(use.Stop);
        runs.Add(link, stop);
        use.Running.Add(
            Task.Factory.StartNew(
                () => Run(link, use, stop),
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default
            )
        );
    }

    private void Run(UvbLink link, PortUse use, CancellationTokenSource stop)
    {
        try
        {
            link.Run(use.Port, stop.Token);
        }
        finally
        {
            lock (gate)
            {
                runs.Remove(link);
                if (!links.Contains(link))
                {
                    link.NoteGone();
                }
            }
        }
    }

    private void Listen(UvbPort port, CancellationTokenSource lost)
    {
        var buffer = new byte[port.WindowBytes];
        Span<byte> answer = stackalloc byte[UvbAnswer.Size];
        while (true)
        {
            var got = port.Receive(buffer, LookEvery, out var ticket, out var sender, out var length);
            if (got < 0)
            {
                // Stopped, or the device has nothing more to say; then it is looked for again.
                lost.Cancel();
                return;
            }

            if (got > 0)
            {
                var status = Answer(sender, buffer.AsSpan(0, length), answer);
                port.Reply(ticket, status, status == UvbStatus.Done ? answer : default);
            }
        }
    }

    private int Answer(uint sender, ReadOnlySpan<byte> bytes, Span<byte> answer)
    {
        var cna = new Cna(sender & UvbNative.CnaMask);
        if (!byPeer.TryGetValue(cna.Value, out var link))
        {
            NoteStranger("a call of nobody in the map", cna);
            return UvbStatus.NotAllowed;
        }

        if (!UvbPacket.TryRead(bytes, out var packet))
        {
            NoteStranger($"{bytes.Length} bytes that no version of this program sends", cna);
            return UvbStatus.Invalid;
        }

        return link.Answer(packet, bytes[UvbPacket.Size..], answer);
    }

    // Told at 1, 2, 4, 8...: whoever floods us shall not flood the log.
    private void NoteStranger(string what, Cna from)
    {
        var count = Interlocked.Increment(ref strangers);
        if ((count & (count - 1)) == 0)
        {
            transport.Log.Stranger(local, what, from, count);
        }
    }

    /// <summary>A port while it is there.</summary>
    private sealed class PortUse(UvbPort port, CancellationToken stop)
    {
        public UvbPort Port => port;

        public CancellationToken Stop => stop;

        public RunningTasks Running { get; } = new();
    }
}
