using ClusterRas.Protocol;
using V1 = ClusterRas.Wire.V1;

namespace ClusterRas.Node.Services;

/// <summary>What one watcher has been told, so that it is told only what has changed.</summary>
internal sealed class Watcher(StatusView view, int closedIncidents)
{
    private readonly Dictionary<uint, V1.MemberView> members = [];
    private readonly Dictionary<(uint Peer, uint Die, V1.TransportKind), V1.LinkView> links = [];
    private readonly Dictionary<string, V1.HandlerView> handlers = [];
    private readonly Dictionary<ulong, Incident> incidents = [];
    private V1.MasterView? master;
    private V1.Status? own;
    private ulong sequence;

    /// <summary>The whole state the first time, then what is different.</summary>
    public IEnumerable<V1.WatchUpdate> Changes(NodeStatus status)
    {
        var now = view.Of(status);
        var isFirst = sequence == 0;
        var updates = new List<V1.WatchUpdate>();
        if (isFirst)
        {
            var state = new V1.WatchState { Status = now.Clone() };
            state.Incidents.AddRange(FirstIncidents(status).Select(view.Of));
            updates.Add(new V1.WatchUpdate { State = state });
        }

        Compare(now, updates);
        foreach (var incident in status.Book.Incidents.Values)
        {
            if (!incidents.TryGetValue((ulong)incident.Id.Index.Value, out var told) || told != incident)
            {
                incidents[(ulong)incident.Id.Index.Value] = incident;
                updates.Add(new V1.WatchUpdate { Incident = view.Of(incident) });
            }
        }

        if (isFirst)
        {
            // All of it was in the state.
            updates.RemoveRange(1, updates.Count - 1);
        }

        foreach (var update in updates)
        {
            update.Sequence = ++sequence;
        }

        return updates;
    }

    private IEnumerable<Incident> FirstIncidents(NodeStatus status) =>
        status
            .Book.Incidents.Values.Where(incident => incident.IsOpen)
            .Concat(status.Book.Incidents.Values.Reverse().Where(incident => !incident.IsOpen).Take(closedIncidents))
            .OrderBy(incident => incident.Id);

    private void Compare(V1.Status now, List<V1.WatchUpdate> updates)
    {
        if (master is null || !master.Equals(now.Master))
        {
            master = now.Master;
            updates.Add(new V1.WatchUpdate { Master = master });
        }

        foreach (var member in now.Members)
        {
            foreach (var rail in member.Rails)
            {
                // Always different, and no news.
                rail.ClearHeardAgoMs();
            }

            if (Differs(members, member.Node, member))
            {
                updates.Add(new V1.WatchUpdate { Member = member });
            }
        }

        foreach (var link in now.Links)
        {
            link.ClearRttUs();
            if (Differs(links, (link.Peer, link.Die, link.Transport), link))
            {
                updates.Add(new V1.WatchUpdate { Link = link });
            }
        }

        foreach (var handler in now.Handlers)
        {
            if (Differs(handlers, handler.Declaration.Name, handler))
            {
                updates.Add(new V1.WatchUpdate { Handler = handler });
            }
        }

        var numbers = now.Clone();
        numbers.Members.Clear();
        numbers.Links.Clear();
        numbers.Handlers.Clear();
        numbers.ClearAgeMs();
        if (own is null || !own.Equals(numbers))
        {
            own = numbers;
            updates.Add(new V1.WatchUpdate { Status = numbers });
        }
    }

    private static bool Differs<TKey, TView>(Dictionary<TKey, TView> told, TKey key, TView now)
        where TKey : notnull
        where TView : class
    {
        if (told.TryGetValue(key, out var known) && known.Equals(now))
        {
            return false;
        }

        told[key] = now;
        return true;
    }
}
