using System.Security.Cryptography;
using ClusterRas.Fabric;
using ClusterRas.Protocol;
using ClusterRas.Transport;

namespace ClusterRas.Node.Services;

/// <summary>How a word that a caller said has ended.</summary>
/// <param name="Answer">Null: the window ended without one.</param>
/// <param name="LeftMs">What is left of the window; null: there was none.</param>
internal sealed record WordEnding(CallerAnswer? Answer, long? LeftMs);

/// <summary>Says the words of callers into the core and waits for their endings.</summary>
internal sealed class WordDesk(NodeId self, Life life, CallerDesk callers, Action<Input> post)
{
    /// <summary>Without a window a caller is told when the word is recorded, or at the latest after this.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>The core tells the first caller when a window is over; one that says the same word later hears no end.</summary>
    private static readonly TimeSpan EndHeardWithin = TimeSpan.FromSeconds(1);

    /// <summary>Says one word and waits: for the answer, the end of the window, or the caller's leaving.</summary>
    /// <param name="nonce">The sender's 128 bits; null: made here.</param>
    public async Task<WordEnding> SayAsync(
        EventKind kind,
        ReportDoor door,
        NodeId? victim,
        Eid? eid,
        Cna? cna,
        long? windowMs,
        UInt128? nonce,
        EventDetail? detail,
        CancellationToken stop
    )
    {
        var now = MonotonicClock.Now;
        var id = ReportId.ForNonce(self, life.Boot, door, kind, nonce ?? RandomNonce());
        var aboutSelf = victim == self;
        var words = new Words(
            id,
            eid,
            cna,
            victim,
            aboutSelf ? life.Boot : default,
            aboutSelf ? life.Tag : 0,
            windowMs is null ? Waiter.Nobody : Waiter.Ours,
            windowMs,
            detail
        );
        Instant? ends = windowMs is { } ms ? now + TimeSpan.FromMilliseconds(ms) : null;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(windowMs is { } window ? TimeSpan.FromMilliseconds(window) + EndHeardWithin : Patience);
        using var caller = callers.Come(id);
        post(new Input.Raised(new Report(words, now, ends), null));
        try
        {
            var ending = await caller.Answer.WaitAsync(patience.Token).ConfigureAwait(false);
            return new WordEnding(ending.Verdict == Verdict.None ? null : ending, LeftMs(ends));
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return new WordEnding(null, LeftMs(ends));
        }
    }

    private static long? LeftMs(Instant? ends) =>
        ends is { } at ? Math.Max(0, (long)(at - MonotonicClock.Now).TotalMilliseconds) : null;

    private static UInt128 RandomNonce()
    {
        Span<byte> bytes = stackalloc byte[16];
        RandomNumberGenerator.Fill(bytes);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }
}
