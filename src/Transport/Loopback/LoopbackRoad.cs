namespace ClusterRas.Transport;

/// <summary>What lies between two nodes on one die.</summary>
internal sealed class LoopbackRoad
{
    private readonly Lock gate = new();
    private TaskCompletionSource healed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private LoopbackConnection? connection;
    private LoopbackCut cut;

    public LoopbackRoad(LoopbackCut cut)
    {
        this.cut = cut;
        if (cut == LoopbackCut.None)
        {
            healed.SetResult();
        }
    }

    /// <summary>Waits while frames are held.</summary>
    public Task WhenHealedAsync(CancellationToken stop)
    {
        lock (gate)
        {
            return healed.Task.WaitAsync(stop);
        }
    }

    public void Cut(LoopbackCut kind)
    {
        LoopbackConnection? present;
        lock (gate)
        {
            cut = kind;
            present = connection;
            if (kind == LoopbackCut.None)
            {
                healed.TrySetResult();
            }
            else if (healed.Task.IsCompleted)
            {
                healed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }

        if (kind == LoopbackCut.Loud)
        {
            present?.Break();
        }
    }

    /// <summary>The connection that is there, or a new one; null: the road is cut, or an end is leaving.</summary>
    public LoopbackConnection? Dial(LoopbackEnd here, LoopbackEnd there)
    {
        lock (gate)
        {
            if (connection is { IsOver: false })
            {
                return connection;
            }

            if (cut != LoopbackCut.None)
            {
                return null;
            }

            var made = new LoopbackConnection(this, here, there);
            if (!here.Transport.TryHold(made))
            {
                return null;
            }

            if (there.Transport != here.Transport && !there.Transport.TryHold(made))
            {
                here.Transport.Drop(made);
                return null;
            }

            made.Start();
            connection = made;
            return made;
        }
    }

    /// <summary>Has the connection replaced by a new one. Not while the road is cut: then the attempt fails.</summary>
    public void Replace()
    {
        LoopbackConnection? present;
        lock (gate)
        {
            present = cut == LoopbackCut.None ? connection : null;
        }

        present?.Replace();
    }
}
