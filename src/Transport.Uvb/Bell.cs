namespace ClusterRas.Transport.Uvb;

/// <summary>What a thread sleeps beside that has something to do now and then. One ring is enough, however much has happened.</summary>
internal sealed class Bell
{
    // Not a Lock: those cannot be waited in.
    private readonly object gate = new();
    private bool isRung;

    /// <summary>From any thread.</summary>
    public void Ring()
    {
        lock (gate)
        {
            isRung = true;
            Monitor.Pulse(gate);
        }
    }

    /// <summary>Until it rings, or has rung since the last wait, but no longer than this. For one thread.</summary>
    public void Wait(TimeSpan within)
    {
        lock (gate)
        {
            if (!isRung && within > TimeSpan.Zero)
            {
                Monitor.Wait(gate, within);
            }

            isRung = false;
        }
    }
}
