using System.Runtime.InteropServices;

namespace ClusterRas.Node.Sources;

/// <summary>Gets one thread out of a blocking read, which ends with EINTR (the driver's: ERESTART).</summary>
/// <remarks>
/// The sentry driver has no poll, so a signal is the only way out of its read. The handler is a harmless function of
/// the C library. Managed code must not run there: the signal may meet the thread inside the runtime, in the middle of
/// an allocation or with one of its locks held, and to enter the runtime from there is a deadlock or worse.
/// </remarks>
internal sealed class ThreadKick
{
    // A real-time signal: those at the lower end belong to the C library and to the runtime.
    private const int Signal = 60;

    private static readonly Lazy<int> Handling = new(Install);

    private readonly Lock gate = new();
    private int thread;

    /// <summary>The calling thread is the one to kick, until <see cref="Leave"/>.</summary>
    /// <exception cref="InvalidOperationException">The signal cannot be handled here.</exception>
    public void Enter()
    {
        // Without a handler the signal would end the process.
        if (Handling.Value != Errno.None)
        {
            throw new InvalidOperationException($"sigaction for signal {Signal}: {LibC.Describe(Handling.Value)}");
        }

        lock (gate)
        {
            thread = LibC.ThreadNumber();
        }
    }

    /// <summary>The thread is about to end; its number may be given to another one.</summary>
    public void Leave()
    {
        lock (gate)
        {
            thread = 0;
        }
    }

    /// <summary>Ends the thread's system call. One that has not begun yet is missed: kick again.</summary>
    public void Kick()
    {
        lock (gate)
        {
            if (thread != 0)
            {
                _ = LibC.SignalThread(Environment.ProcessId, thread, Signal);
            }
        }
    }

    private static int Install() =>
        LibC.HandleSignal(Signal, NativeLibrary.GetExport(NativeLibrary.GetMainProgramHandle(), "getpid"));
}
