using System.Runtime.InteropServices;
using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Simulator.Oracles;

/// <summary>S12, as far as disks and wires show it: outboxes, frames and how many of them leave have limits.</summary>
internal sealed class Bounded(ProtocolOptions options) : IOracle
{
    // Far above what the worst honest second costs; two that answer each other at once are far above this.
    private const int FramesToOnePeerPerSecondMax = 2_000;

    // Of several speakers at once, each of which is counted where it speaks itself. That nothing is passed on more often than it
    // came is seen at once.
    private const int ForwardedToOnePeerPerSecondMax = 4 * FramesToOnePeerPerSecondMax;

    // Frames of one peer that are read at one and the same instant: more come only where they had to wait.
    private const int BacklogFrom = 50;

    private readonly Dictionary<NodeId, HashSet<ReportId>> outboxes = [];
    private readonly Dictionary<(NodeId From, LinkId Link, Load Load), (long Second, int Count)> sent = [];
    private readonly Dictionary<(NodeId At, NodeId Of), (TimeSpan Instant, int Taken, int Answered)> backlogs = [];

    private readonly Dictionary<NodeId, (Message.Relayed Frame, HashSet<LinkId> Over)> passing = [];

    public string Name => "S12";

    public bool SeesBeats => true;

    public string? See(Sighting sighting, Chronicle chronicle)
    {
        switch (sighting)
        {
            case Sighting.Started started:
                outboxes[started.Node] = [.. started.State.Outbox.Select(stored => stored.Report.Id)];
                return null;
            case Sighting.Stored stored when outboxes.TryGetValue(stored.Node, out var outbox):
                outbox.UnionWith(stored.Write.OutboxPut.Select(put => put.Report.Id));
                outbox.ExceptWith(stored.Write.OutboxDrop);
                return outbox.Count <= options.OutboxMax
                    ? null
                    : $"{stored.Node} has {outbox.Count} words in its outbox";
            case Sighting.Took { Input: Input.Arrived arrived }:
                if (arrived.Frame.Message is Message.Relayed relayed && relayed.Destination != sighting.Node)
                {
                    passing[sighting.Node] = (relayed, []);
                }

                ref var backlog = ref CollectionsMarshal.GetValueRefOrAddDefault(
                    backlogs,
                    (sighting.Node, arrived.Link.Peer),
                    out _
                );
                backlog =
                    backlog.Instant == sighting.At ? backlog with { Taken = backlog.Taken + 1 } : (sighting.At, 1, 0);
                return null;
            case Sighting.Decided { Effect: Effect.Send send }:
                return Sent(sighting, send);
            default:
                return null;
        }
    }

    private string? Sent(Sighting sighting, Effect.Send send)
    {
        if (
            send.Frame.Message is Message.AppendEntries append
            && append.Entries.Count > options.EntriesPerAppendMax
            && (append.Entries.Count > options.UnpersistedMax || !IsRemovalWithItsUndo(append.Entries))
        )
        {
            return $"{sighting.Node} sends {append.Entries.Count} entries at once";
        }

        if (
            send.Frame.Message is Message.Relayed forwarded
            && forwarded.Origin != sighting.Node
            && !IsPassedOnOnce(sighting.Node, forwarded, send.Link)
        )
        {
            return $"{sighting.Node} forwards over {send.Link} what has not just come, or again: {forwarded}";
        }

        var peer = (sighting.Node, send.Link.Peer);
        if (
            backlogs.TryGetValue(peer, out var backlog)
            && backlog.Instant == sighting.At
            && backlog.Taken > BacklogFrom
            && backlog.Answered < backlog.Taken
        )
        {
            // Whoever stood still reads at one instant what has come in a minute on all rails, and answers each once, over the best.
            backlogs[peer] = backlog with
            {
                Answered = backlog.Answered + 1,
            };
            return null;
        }

        // A full outbox is said again twice a second, of which half a second more may fall into one of the clock's.
        var (load, most) = send.Frame.Message switch
        {
            Message.Relayed relayed when relayed.Origin != sighting.Node => (
                Load.Forwarded,
                ForwardedToOnePeerPerSecondMax
            ),
            Message.Reporting or Message.Relayed { Inner: Message.Reporting } => (
                Load.Words,
                options.OutboxMax * (int)Math.Ceiling(1.5 / options.ResendEvery.TotalSeconds)
            ),
            _ => (Load.Other, FramesToOnePeerPerSecondMax),
        };
        var second = (long)sighting.At.TotalSeconds;
        ref var said = ref CollectionsMarshal.GetValueRefOrAddDefault(sent, (sighting.Node, send.Link, load), out _);
        said = (second, said.Second == second ? said.Count + 1 : 1);
        return said.Count <= most
            ? null
            : $"{sighting.Node} sends more than {most} frames over {send.Link} within a second";
    }

    private bool IsPassedOnOnce(NodeId node, Message.Relayed forwarded, LinkId link) =>
        passing.TryGetValue(node, out var taken)
        && (taken.Frame.Origin, taken.Frame.Sequence) == (forwarded.Origin, forwarded.Sequence)
        && taken.Over.Add(link);

    // Whoever is removed gets that only together with what gives its seat back, also where more lies between than a batch may hold (G1);
    // never more than a follower takes.
    private static bool IsRemovalWithItsUndo(EquatableArray<Entry> entries) =>
        entries[0].Payload is EntryPayload.GroupChanged { IsAddition: false } removal
        && entries[^1].Payload is EntryPayload.GroupChanged undo
        && undo.Voters.Contains(removal.Changed);

    private enum Load
    {
        Other,
        Words,
        Forwarded,
    }
}
