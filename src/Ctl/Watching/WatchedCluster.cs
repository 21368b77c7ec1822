using ClusterRas.Ctl.Text;
using ClusterRas.Wire.V1;

namespace ClusterRas.Ctl.Watching;

/// <summary>What a watch has told so far: each change is told once, also when another node is asked.</summary>
internal sealed class WatchedCluster
{
    private readonly Dictionary<string, (Health Health, uint Tag)> members = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Peer, uint Die, TransportKind), LinkCondition> links = [];
    private readonly Dictionary<string, string> handlers = new(StringComparer.Ordinal);
    private readonly Dictionary<ulong, Incident> incidents = [];
    private (string? Name, ulong Term)? master;
    private StorageCondition storage = StorageCondition.Sound;
    private ulong newest;
    private string askedNode = "";

    /// <summary>Takes an update in.</summary>
    /// <returns>What is new, a line each; empty: nothing that people look for.</returns>
    public IReadOnlyList<WatchLine> Apply(WatchUpdate update, string asked, NodeNames names)
    {
        var lines = new List<WatchLine>();
        switch (update.UpdateCase)
        {
            case WatchUpdate.UpdateOneofCase.State:
                TakeState(update.State, asked, names, lines);
                break;
            case WatchUpdate.UpdateOneofCase.Member:
                TakeMember(update.Member, names, lines);
                break;
            case WatchUpdate.UpdateOneofCase.Master:
                TakeMaster(update.Master, names, lines);
                break;
            case WatchUpdate.UpdateOneofCase.Link:
                TakeLink(update.Link, names, lines);
                break;
            case WatchUpdate.UpdateOneofCase.Incident:
                TakeIncident(update.Incident, names, lines);
                break;
            case WatchUpdate.UpdateOneofCase.Status:
                TakeStorage(update.Status, asked, lines);
                break;
            case WatchUpdate.UpdateOneofCase.Handler:
                TakeHandler(update.Handler, names, lines);
                break;
            default:
                break;
        }

        return lines;
    }

    private void TakeState(WatchState state, string asked, NodeNames names, List<WatchLine> lines)
    {
        var status = state.Status ?? new Status();
        var isFirst = askedNode.Length == 0;
        var isOther = askedNode != asked;
        if (isOther)
        {
            // Another node has other links and another disk; what it says of its links is no change.
            askedNode = asked;
            links.Clear();
            storage = StorageCondition.Sound;
        }

        if (isFirst)
        {
            var up = status.Members.Count(member => member.Health is Health.Up);
            var open = state.Incidents.Count(incident => incident.State == IncidentState.Open);
            lines.Add(new WatchLine($"asked {asked}: {up} of {status.Members.Count} nodes up, open incidents: {open}"));
        }

        TakeMaster(status.Master ?? new MasterView(), names, lines);
        foreach (var member in status.Members)
        {
            TakeMember(member, names, lines);
        }

        foreach (var link in status.Links)
        {
            TakeLink(link, names, isOther ? [] : lines);
        }

        foreach (var handler in status.Handlers)
        {
            TakeHandler(handler, names, isFirst ? [] : lines);
        }

        TakeStorage(status, asked, lines);
        var before = newest;
        foreach (var incident in state.Incidents.OrderBy(incident => incident.Id))
        {
            // What had ended before anybody looked is history: "events list" has it.
            var isHistory =
                !incidents.ContainsKey(incident.Id)
                && incident.State == IncidentState.Closed
                && (isFirst || incident.Id <= before);
            TakeIncident(incident, names, isHistory ? [] : lines);
        }
    }

    private void TakeMaster(MasterView view, NodeNames names, List<WatchLine> lines)
    {
        var now = (names.Of(view), view.Term);
        if (master == now)
        {
            return;
        }

        master = now;
        lines.Add(
            now.Item1 is { } name
                ? new WatchLine($"master is {Printable.Of(name)}, term {view.Term}", Tone.Good)
                : new WatchLine($"no master known, term {view.Term}", Tone.Uneasy)
        );
    }

    private void TakeMember(MemberView member, NodeNames names, List<WatchLine> lines)
    {
        var key = names.Of(member.Node, member.NodeName);
        var name = Printable.Of(key);
        var now = (member.Health, member.Life?.Tag ?? 0);
        var isKnown = members.TryGetValue(key, out var was);
        members[key] = now;
        if (isKnown && was.Tag != now.Item2 && now.Item2 != 0)
        {
            lines.Add(new WatchLine($"{name} has a new life: {now.Item2}", Tone.Good));
        }

        // At first only those are told that are not as they should be.
        if (isKnown ? was.Health != member.Health : member.Health is not Health.Up)
        {
            var before = isKnown ? $", was {Words.Plain(Words.Of(was.Health))}" : "";
            var health = Words.Plain(Words.Of(member.Health));
            lines.Add(new WatchLine($"{name} is {health}{before}", StatusText.ToneOf(member.Health)));
        }
    }

    private void TakeLink(LinkView link, NodeNames names, List<WatchLine> lines)
    {
        var peer = names.Of(link.Peer);
        var key = (peer, link.Die, link.Transport);
        var isKnown = links.TryGetValue(key, out var was);
        links[key] = link.Condition;
        if (isKnown ? was != link.Condition : link.Condition is not LinkCondition.Up)
        {
            var reason = link.Reason.Length > 0 ? $": {Printable.Of(link.Reason)}" : "";
            var road = $"die{link.Die} {Words.Plain(Words.Of(link.Transport))}";
            var condition = Words.Plain(Words.Of(link.Condition));
            lines.Add(
                new WatchLine(
                    $"link {askedNode} - {Printable.Of(peer)}, {road}, is {condition}{reason}",
                    StatusText.ToneOf(link.Condition)
                )
            );
        }
    }

    private void TakeHandler(HandlerView handler, NodeNames names, List<WatchLine> lines)
    {
        var name = handler.Declaration?.Name ?? "";
        var nodes = string.Join(", ", handler.ConnectedAtNodes.Select(node => names.Of(node)));
        if (handlers.TryGetValue(name, out var was) && was == nodes)
        {
            return;
        }

        handlers[name] = nodes;
        lines.Add(
            nodes.Length > 0
                ? new WatchLine($"handler {Printable.Of(name)} is connected at {Printable.Of(nodes)}")
                : new WatchLine($"handler {Printable.Of(name)} is connected nowhere", Tone.Uneasy)
        );
    }

    private void TakeStorage(Status status, string asked, List<WatchLine> lines)
    {
        if (status.Storage is not StorageCondition.Unspecified && status.Storage != storage)
        {
            storage = status.Storage;
            var reason = status.StorageReason.Length > 0 ? $": {Printable.Of(status.StorageReason)}" : "";
            var tone = storage == StorageCondition.Sound ? Tone.Good : Tone.Bad;
            lines.Add(new WatchLine($"storage of {asked} is {Words.Plain(Words.Of(storage))}{reason}", tone));
        }
    }

    private void TakeIncident(Incident incident, NodeNames names, List<WatchLine> lines)
    {
        var was = incidents.GetValueOrDefault(incident.Id);
        if (was is not null && IncidentChange.IsBehind(incident, was))
        {
            // This node lags behind the one asked before: it will say all of it again.
            return;
        }

        incidents[incident.Id] = incident;
        newest = Math.Max(newest, incident.Id);
        lines.AddRange(
            new IncidentChange(was, incident, names).Lines().Select(line => line with { Incident = incident.Id })
        );
    }
}
