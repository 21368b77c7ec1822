using System.ComponentModel;
using System.Diagnostics;
using ClusterRas.Protocol;

namespace ClusterRas.Chaos;

/// <summary>The relay's own process: stands between two ports of the switch and passes whole frames on, late.</summary>
/// <remarks>Reads a line for each change of how slow it is; at the end of its input it passes on what waits, at once, and tells its tally.</remarks>
internal sealed class SlowRelay(FrameSocket near, FrameSocket far, Prng prng)
{
    /// <summary>What the program is told first to be this.</summary>
    public const string Verb = "relay";

    /// <summary>Its first line, when it passes on.</summary>
    public const string Ready = "ready";

    // So soon it sees a change of its slowness, and its end.
    private const int LookEveryMs = 20;

    private readonly SlowLine there = new(prng.Fork());
    private readonly SlowLine back = new(prng.Fork());
    private readonly byte[] buffer = new byte[FrameSocket.FrameLengthMax];
    private Slowness slowness = Slowness.None;
    private volatile bool isOver;
    private long frames;
    private long bytes;
    private long refused;

    /// <summary>All of it, until the input ends.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(string near, string far, ulong seed)
    {
        try
        {
            var relay = new SlowRelay(new FrameSocket(near), new FrameSocket(far), new Prng(seed));
            new Thread(relay.Listen) { IsBackground = true, Name = "commands" }.Start();
            Console.WriteLine(Ready);
            Console.WriteLine(relay.Pass().Line);
            return 0;
        }
        catch (Win32Exception e)
        {
            Console.Error.WriteLine($"relay between {near} and {far}: {e.Message}");
            return 1;
        }
    }

    private void Listen()
    {
        while (Console.ReadLine() is { } line)
        {
            Volatile.Write(ref slowness, Slowness.Parse(line));
        }

        isOver = true;
    }

    private RelayTally Pass()
    {
        while (!isOver)
        {
            FrameSocket.Wait(near, far, PauseMs());
            Take(near, there, far);
            Take(far, back, near);
            Deliver(Stopwatch.GetTimestamp());
        }

        Deliver(long.MaxValue);
        return new(frames, bytes, there.Dropped + back.Dropped, near.TakeMissed() + far.TakeMissed(), refused);
    }

    private int PauseMs()
    {
        var due = Math.Min(there.NextDueAt ?? long.MaxValue, back.NextDueAt ?? long.MaxValue);
        if (due == long.MaxValue)
        {
            return LookEveryMs;
        }

        var left = (due - Stopwatch.GetTimestamp()) * 1000.0 / Stopwatch.Frequency;
        return (int)Math.Clamp(Math.Ceiling(left), 0, LookEveryMs);
    }

    private void Take(FrameSocket from, SlowLine line, FrameSocket to)
    {
        while (from.Receive(buffer) is > 0 and var length)
        {
            var now = Stopwatch.GetTimestamp();
            line.Add(buffer.AsSpan(..length), Volatile.Read(ref slowness), now);
            // At once: where nothing is late, as much may come in one go as must never wait.
            Deliver(line, to, now);
        }
    }

    private void Deliver(long now)
    {
        Deliver(there, far, now);
        Deliver(back, near, now);
    }

    private void Deliver(SlowLine line, FrameSocket to, long now)
    {
        while (line.TakeDue(now) is { } frame)
        {
            if (to.TrySend(frame))
            {
                frames++;
                bytes += frame.Length - FrameSocket.HeaderLength;
            }
            else
            {
                refused++;
            }
        }
    }
}
