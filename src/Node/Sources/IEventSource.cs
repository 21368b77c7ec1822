using ClusterRas.Protocol;

namespace ClusterRas.Node.Sources;

/// <summary>A place where words come from, and where the answer goes back to.</summary>
internal interface IEventSource : IAsyncDisposable
{
    /// <summary>For logs: the path, or what it is.</summary>
    string Name { get; }

    /// <summary>Number of this source in this process: <see cref="DeviceRef.Source"/> of its words.</summary>
    int Number { get; }

    /// <summary>Begins to read; every word goes to <paramref name="into"/> from any thread, never after disposal.</summary>
    void Start(Action<Input> into);

    /// <summary>Lets the waiter go on. Returns at once; the outcome follows as <see cref="Input.Released"/>.</summary>
    void Release(Effect.Release release);
}
