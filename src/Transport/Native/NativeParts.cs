using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Transport;

/// <summary>Where one link of a native wire leads.</summary>
public interface INativeAddress
{
    /// <summary>The link, by the peer's name here.</summary>
    LinkId Link { get; }
}

/// <summary>One link of a native wire.</summary>
/// <typeparam name="TAddress">Where it leads.</typeparam>
public interface INativeLink<out TAddress>
    where TAddress : INativeAddress
{
    /// <summary>Where it leads; another address is another link.</summary>
    TAddress Address { get; }

    /// <summary>Done when nothing of it is left: only then may the one that takes its place begin.</summary>
    Task Gone { get; }
}

/// <summary>One address of this machine, and the links that leave from it.</summary>
/// <typeparam name="TLink">The wire's links.</typeparam>
public interface INativeRail<in TLink>
{
    /// <summary>Done when it listens, or has found that it cannot.</summary>
    Task Looked { get; }

    /// <summary>These links from now on. Those that are new begin, those that are missing end, the others are not touched.</summary>
    void Follow(TLink[] next);

    /// <summary>No link is left to it: what it has is given back.</summary>
    void Leave();

    /// <summary>Until <paramref name="ending"/>, or until it is left.</summary>
    Task RunAsync(CancellationToken ending);
}
