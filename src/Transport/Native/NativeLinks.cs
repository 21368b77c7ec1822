using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Transport;

/// <summary>The links of a native wire, shared out among the addresses of this machine, from map to map.</summary>
/// <typeparam name="TAddress">Where a link leads.</typeparam>
/// <typeparam name="TLink">A link.</typeparam>
/// <typeparam name="TKey">An address of this machine.</typeparam>
/// <typeparam name="TRail">What runs the links of one such address.</typeparam>
/// <param name="newLink">A link that is not begun; the task ends when the link before it, to another address, is gone.</param>
/// <param name="keyOf">The address of this machine that a link leaves from.</param>
/// <param name="newRail">A rail that does not run yet.</param>
[SuppressMessage(
    "Reliability",
    "CA1001",
    Justification = "Links may ask for the token after the end; it holds no handle."
)]
public sealed class NativeLinks<TAddress, TLink, TKey, TRail>(
    Func<TAddress, Task, TLink> newLink,
    Func<TLink, TKey> keyOf,
    Func<TKey, TRail> newRail
) : IAsyncDisposable
    where TAddress : class, INativeAddress
    where TLink : class, INativeLink<TAddress>
    where TKey : notnull
    where TRail : INativeRail<TLink>
{
    private readonly CancellationTokenSource ending = new();
    private readonly RunningTasks running = new();
    private readonly Lock following = new();
    private readonly Dictionary<TKey, TRail> rails = [];
    private readonly Dictionary<LinkId, Task> ended = [];
    private volatile FrozenDictionary<LinkId, TLink> links = FrozenDictionary<LinkId, TLink>.Empty;
    private CancellationTokenRegistration stopping;
    private bool isStarted;

    /// <summary>The transport ends, or has ended.</summary>
    public bool IsEnding => ending.IsCancellationRequested;

    /// <summary>Those of the present map.</summary>
    public IEnumerable<TLink> All => links.Values;

    /// <summary>The link of this name; null: there is none.</summary>
    public TLink? Find(LinkId link) => links.GetValueOrDefault(link);

    /// <summary>What it begins with, before it is started.</summary>
    public void Begin(IEnumerable<TAddress> addresses)
    {
        links = addresses.ToFrozenDictionary(address => address.Link, address => newLink(address, Task.CompletedTask));
        ShareOut();
    }

    /// <summary>Runs all rails; done when each listens, or has found that it cannot.</summary>
    public async Task StartAsync(CancellationToken stop)
    {
        Task[] looked;
        lock (following)
        {
            isStarted = true;
            foreach (var rail in rails.Values)
            {
                Run(rail);
            }

            looked = [.. rails.Values.Select(rail => rail.Looked)];
        }

        stopping = stop.UnsafeRegister(static ending => ((CancellationTokenSource)ending!).Cancel(), ending);
        await Task.WhenAll(looked).ConfigureAwait(false);
    }

    /// <summary>Another map: links that are new begin, those with another address end and begin anew, and those that are not
    /// kept end. All others are not touched. Never waits; from any thread.</summary>
    /// <param name="addresses">Every link of the map over this wire.</param>
    /// <param name="kept">Links that stay or come, by whatever wire; those without an address keep the one that they had.</param>
    public void Follow(IReadOnlyList<TAddress> addresses, IReadOnlyCollection<LinkId> kept)
    {
        lock (following)
        {
            var roads = kept.Select(link => (link.Peer, link.Die)).ToHashSet();
            var next = links.Where(link => roads.Contains((link.Key.Peer, link.Key.Die))).ToDictionary();
            foreach (var address in addresses)
            {
                var known = next.GetValueOrDefault(address.Link);
                if (roads.Contains((address.Link.Peer, address.Link.Die)) && !address.Equals(known?.Address))
                {
                    var before = known?.Gone ?? ended.GetValueOrDefault(address.Link, Task.CompletedTask);
                    next[address.Link] = newLink(address, before);
                }
            }

            foreach (var (id, link) in links)
            {
                if (next.GetValueOrDefault(id) != link)
                {
                    ended[id] = link.Gone;
                }
            }

            links = next.ToFrozenDictionary();
            ShareOut();
        }
    }

    /// <summary>Work of a link that the end waits for.</summary>
    public void Watch(Task task) => running.Add(task);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await stopping.DisposeAsync().ConfigureAwait(false);
        await ending.CancelAsync().ConfigureAwait(false);
        await running.WhenEndedAsync().ConfigureAwait(false);
    }

    private void ShareOut()
    {
        var shares = links.Values.GroupBy(keyOf).ToDictionary(share => share.Key);
        foreach (var (key, rail) in rails.Where(rail => !shares.ContainsKey(rail.Key)).ToArray())
        {
            rail.Leave();
            rails.Remove(key);
        }

        foreach (var (key, share) in shares)
        {
            if (rails.TryGetValue(key, out var rail))
            {
                rail.Follow([.. share]);
                continue;
            }

            rail = rails[key] = newRail(key);
            rail.Follow([.. share]);
            if (isStarted && !IsEnding)
            {
                Run(rail);
            }
        }
    }

    private void Run(TRail rail) => Watch(Task.Run(() => rail.RunAsync(ending.Token), CancellationToken.None));
}
