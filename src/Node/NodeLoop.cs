using ClusterRas.Protocol;
using ClusterRas.Transport;

namespace ClusterRas.Node;

/// <summary>The one thread that calls <see cref="NodeMachine.Step"/>. Everything else posts to it.</summary>
/// <remarks>What has arrived is taken before a timer that is due, so that a process that could not run for a while
/// hears its peers before it judges their silence; windows are checked by the machine at every step.</remarks>
internal sealed class NodeLoop : IDisposable
{
    /// <summary>Inputs that may wait. Beyond it frames of peers are dropped: they will be repeated, words would not.</summary>
    private const int QueueMax = 65_536;

    /// <summary>Inputs after which new entries leave at the latest, however many more wait.</summary>
    private const int TogetherMax = 64;

    private readonly NodeMachine machine;
    private readonly Action<IReadOnlyList<Effect>> run;
    private readonly Action<Exception> failed;
    private readonly RunRecording? recording;
    private readonly Lock gate = new();
    private readonly AutoResetEvent wake = new(false);
    private readonly Thread thread;
    private List<object> queue = [];
    private List<object> batch = [];
    private long framesShed;
    private volatile bool isStopping;

    /// <param name="machine">Touched by this loop alone from now on.</param>
    /// <param name="run">Carries out the effects of one step, in order; must not wait.</param>
    /// <param name="failed">Told when a step threw: a broken invariant, after which nothing may be said.</param>
    /// <param name="recording">Shown each step before its effects are carried out; null: none.</param>
    public NodeLoop(
        NodeMachine machine,
        Action<IReadOnlyList<Effect>> run,
        Action<Exception> failed,
        RunRecording? recording
    )
    {
        this.recording = recording;
        this.machine = machine;
        this.run = run;
        this.failed = failed;
        thread = new Thread(Run) { Name = "node loop", IsBackground = true };
    }

    /// <summary>Frames that were dropped because the queue was full.</summary>
    public long FramesShed => Interlocked.Read(ref framesShed);

    /// <summary>Begins to step.</summary>
    public void Start() => thread.Start();

    /// <summary>Puts an input in the queue; from any thread, never waits.</summary>
    public void Post(Input input)
    {
        lock (gate)
        {
            if (queue.Count >= QueueMax && input is Input.Arrived)
            {
                framesShed++;
                return;
            }

            queue.Add(input);
        }

        wake.Set();
    }

    /// <summary>Reads from the machine between two steps.</summary>
    public Task<T> AskAsync<T>(Func<NodeMachine, Instant, T> question)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            queue.Add(
                (Action)(
                    () =>
                    {
                        answer.TrySetResult(question(machine, MonotonicClock.Now));
                    }
                )
            );
        }

        wake.Set();
        return answer.Task;
    }

    /// <summary>Ends after the step that runs now. Waits for it.</summary>
    public void Stop()
    {
        isStopping = true;
        wake.Set();
        if (thread.IsAlive && Thread.CurrentThread != thread)
        {
            thread.Join();
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        Stop();
        wake.Dispose();
    }

    private void Run()
    {
        var effects = new List<Effect>();
        try
        {
            while (!isStopping)
            {
                TakeBatch();
                for (var at = 0; at < batch.Count; at++)
                {
                    if (batch[at] is Input input)
                    {
                        var isFollowed = at + 1 < batch.Count && batch[at + 1] is Input && (at + 1) % TogetherMax != 0;
                        Step(input, effects, isFollowed);
                    }
                    else
                    {
                        ((Action)batch[at])();
                    }
                }

                batch.Clear();
                var now = MonotonicClock.Now;
                if (machine.NextWake <= now)
                {
                    Step(new Input.Woke(), effects, isFollowed: false);
                }
                else
                {
                    Wait(now);
                }
            }
        }
#pragma warning disable CA1031 // Whatever broke, the process must end and say so: a half-done step is not to be trusted.
        catch (Exception error)
#pragma warning restore CA1031
        {
            failed(error);
        }
    }

    private void Step(Input input, List<Effect> effects, bool isFollowed)
    {
        effects.Clear();
        var now = MonotonicClock.Now;
        try
        {
            machine.Step(now, input, effects, isFollowed);
        }
        catch (Exception broken)
        {
            recording?.Note(now, input, isFollowed, effects, Instant.Never, broken);
            throw;
        }

        recording?.Note(now, input, isFollowed, effects, machine.NextWake, thrown: null);
        run(effects);
    }

    private void TakeBatch()
    {
        lock (gate)
        {
            (queue, batch) = (batch, queue);
        }
    }

    private void Wait(Instant now)
    {
        lock (gate)
        {
            if (queue.Count > 0)
            {
                return;
            }
        }

        // Rounded up: to wake a little late is harmless, to wake early costs a turn for nothing.
        var wait =
            machine.NextWake == Instant.Never ? -1 : (int)Math.Ceiling((machine.NextWake - now).TotalMilliseconds);
        wake.WaitOne(wait);
    }
}
