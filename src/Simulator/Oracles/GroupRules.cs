using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Simulator.Oracles;

/// <summary>G1 to G6, B4, B5: each change of the control group, judged when it is appended, by what the world knows.</summary>
internal sealed class GroupRules(ProtocolOptions options) : IOracle
{
    private readonly TimeSpan catchUpWithin = options.ElectionTimeoutMin;

    // A master may believe for three beats that a node lives; give it more.
    private readonly TimeSpan believedAlive = options.BeatEvery * 10;

    private readonly Dictionary<NodeId, TimeSpan> stoppedAt = [];

    public string Name => "G";

    public string? See(Sighting sighting, Chronicle chronicle)
    {
        switch (sighting)
        {
            case Sighting.Stopped stopped:
                stoppedAt[stopped.Node] = stopped.At;
                return null;
            case Sighting.Decided { Effect: Effect.Persist persist } decided:
                return chronicle
                        .Groups.Fresh.Select(entry => Appended(decided, entry, chronicle))
                        .FirstOrDefault(reason => reason is not null)
                    ?? persist
                        .Write.Append.Select(entry => Lost(entry, chronicle))
                        .FirstOrDefault(reason => reason is not null);
            case Sighting.Done { Effect: Effect.Send { Frame.Message: { } message } send }:
                return Sent(sighting.Node, send.Link.Peer, message, chronicle);
            default:
                return null;
        }
    }

    private string? Appended(Sighting.Decided decided, Entry entry, Chronicle chronicle)
    {
        var view = chronicle.Groups.ViewOf(decided.Node);
        var place = view.Select(group => group.Entry).ToList().IndexOf(entry);
        if (entry.Payload is not EntryPayload.GroupChanged change || place < 1)
        {
            return null;
        }

        var (before, voters) = view[place - 1];
        if (!change.IsOneStepFrom(voters))
        {
            return $"G1: {decided.Node} changes more than one seat at once in {entry}";
        }

        if (!chronicle.Log.HasTerm(entry.Term))
        {
            return $"G2: {decided.Node} changes the group before anything of term {entry.Term} is committed";
        }

        return change.Cause == GroupCause.Undone
            ? Undone(decided, change, view, place)
            : IsOpen(before, chronicle)
                ?? Founded(decided, change, voters, chronicle)
                ?? Lives(decided, change, chronicle);
    }

    private static string? Undone(
        Sighting.Decided decided,
        EntryPayload.GroupChanged change,
        IReadOnlyList<(Entry Entry, EquatableArray<Voter> Voters)> view,
        int place
    ) =>
        place < 2 || view[place - 2].Voters == change.Voters
            ? null
            : $"G2: {decided.Node} undoes a change to another group than the former one";

    private static string? IsOpen(Entry before, Chronicle chronicle) =>
        chronicle.Log.Find(before.Index) == before
            ? null
            : $"G2: a change is appended while the one at {before.Index} is not committed";

    private string? Founded(
        Sighting.Decided decided,
        EntryPayload.GroupChanged change,
        EquatableArray<Voter> voters,
        Chronicle chronicle
    )
    {
        var node = change.Changed.Node;
        switch (change.Cause)
        {
            case GroupCause.Died when change.Incident is { } id:
                // In a group of two the word need not be committed: only the removal can do that.
                return voters.Count == 2 || chronicle.Log.Find(id)?.Opened.Victim == node
                    ? null
                    : $"G3: {node} is removed for incident {id}, which is not committed or not about it";
            case GroupCause.DiskLost or GroupCause.Stopped:
                return null;
            case GroupCause.Seated when chronicle.Disk(node) is { } disk && disk.Disk == change.Changed.Disk:
                var reached = chronicle.Log.LastAt(decided.At - catchUpWithin);
                if (disk.LastIndex.CompareTo(reached) < 0)
                {
                    return $"G4: {node} is seated with {disk.LastIndex} on its disk, where {reached} has long been committed";
                }

                return chronicle.Log.Incidents.FirstOrDefault(story => IsEnd(story, node)) is { } open
                    ? $"G4: {node} is seated while incident {open.Id} about it is open"
                    : null;
            default:
                return $"G: {change} has no cause that explains it";
        }
    }

    private static bool IsEnd(IncidentStory story, NodeId node) =>
        story.Closed is null
        && story.Opened.Victim == node
        && story.Opened.Kind is EventKind.Panic or EventKind.KernelReboot;

    private string? Lives(Sighting.Decided decided, EntryPayload.GroupChanged change, Chronicle chronicle)
    {
        var live = change.Voters.Where(voter => MayLive(voter, decided.At, chronicle)).ToArray();
        return live.Length > change.Voters.Count / 2
            ? null
            : $"G6: {decided.Node} makes a group of {change.Voters.Count} of which only "
                + $"[{string.Join(' ', live.Select(voter => voter.Node))}] live";
    }

    private bool MayLive(Voter voter, TimeSpan at, Chronicle chronicle) =>
        chronicle.Disk(voter.Node)?.Disk == voter.Disk
        && (
            chronicle.Running(voter.Node) is not null
            || (stoppedAt.TryGetValue(voter.Node, out var stopped) && at - stopped < believedAlive)
        );

    private static string? Lost(Entry entry, Chronicle chronicle) =>
        entry.Payload is EntryPayload.DiskLost lost && chronicle.Disk(lost.Node)?.Disk == lost.Old
            ? $"B5: the disk of {lost.Node} is called lost, and it never went back"
            : null;

    private static string? Sent(NodeId from, NodeId to, Message message, Chronicle chronicle)
    {
        if (message is Message.Relayed relayed)
        {
            return relayed.Origin == from ? Sent(from, relayed.Destination, relayed.Inner, chronicle) : null;
        }

        if (message is not Message.AppendEntries append)
        {
            return null;
        }

        Entry? removal = null;
        foreach (var entry in append.Entries)
        {
            if (entry.Payload is EntryPayload.GroupChanged change && change.Changed.Node == to)
            {
                removal = change.IsAddition || chronicle.Log.Find(entry.Index) == entry ? null : entry;
            }
        }

        return removal is null
            ? null
            : $"G1: {from} sends {to} its own removal at {removal.Index} before it is committed";
    }
}
