namespace ClusterRas.Beds;

/// <summary>Threads that want a core each.</summary>
public sealed class Load : IDisposable
{
    private readonly List<Thread> threads = [];
    private volatile bool isOver;

    /// <summary>Starts them.</summary>
    public Load(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var thread = new Thread(Spin) { IsBackground = true, Name = "load" };
            thread.Start();
            threads.Add(thread);
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        isOver = true;
        threads.ForEach(thread => thread.Join());
    }

    private void Spin()
    {
        while (!isOver)
        {
            Thread.SpinWait(10_000);
        }
    }
}
