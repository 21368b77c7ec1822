using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Simulator.Oracles;

/// <summary>S11: a frame of nobody who was let in changes nothing but counters: no term, no vote, no leader, no link, no word.</summary>
internal sealed class Outsiders : IOracle
{
    private readonly Dictionary<NodeId, Dictionary<LinkId, ulong>> letIn = [];
    private readonly Dictionary<(NodeId Node, LinkId Link), ulong> said = [];
    private readonly Dictionary<NodeId, LinkId> outside = [];

    public string Name => "S11";

    public bool SeesBeats => true;

    public string? See(Sighting sighting, Chronicle chronicle)
    {
        switch (sighting)
        {
            case Sighting.Started:
                letIn[sighting.Node] = [];
                return null;
            case Sighting.Took took:
                Took(took);
                return null;
            case Sighting.Decided { Effect: Effect.Note { Fact: Fact.LinkUp up } }:
                outside.Remove(sighting.Node);
                letIn[sighting.Node][up.Link] = said.GetValueOrDefault((sighting.Node, up.Link));
                return null;
            case Sighting.Decided { Effect: Effect.Note { Fact: Fact.LinkDown down } }:
                letIn[sighting.Node].Remove(down.Link);
                return null;
            case Sighting.Decided { Effect: Effect.CloseLink close }:
                letIn[sighting.Node].Remove(close.Link);
                return null;
            case Sighting.Decided { Effect: var effect } when outside.TryGetValue(sighting.Node, out var link):
                return Changes(effect, link, sighting.Node)
                    ? $"{sighting.Node} takes a frame of {link}, whom it has not let in, and does this: {effect}"
                    : null;
            default:
                return null;
        }
    }

    private void Took(Sighting.Took took)
    {
        outside.Remove(took.Node);
        if (took.Input is not Input.Arrived arrived)
        {
            return;
        }

        var accepted = letIn[took.Node];
        if (arrived.Frame.Message is Message.Hello hello)
        {
            // Another process of the peer is let in anew.
            said[(took.Node, arrived.Link)] = hello.Nonce;
            if (accepted.TryGetValue(arrived.Link, out var nonce) && nonce != hello.Nonce)
            {
                accepted.Remove(arrived.Link);
            }
        }
        else if (!accepted.ContainsKey(arrived.Link))
        {
            outside[took.Node] = arrived.Link;
        }
    }

    // The same step may do what was due anyway; what a frame could have moved is none of that.
    private static bool Changes(Effect effect, LinkId link, NodeId here) =>
        effect switch
        {
            Effect.Persist { Write.HardState: not null } => true,
            Effect.Note { Fact: Fact.RoleChanged or Fact.MasterChanged } => true,
            Effect.Note { Fact: Fact.WordReceived word } => word.Witness != here,
            Effect.Send send when send.Link == link => send.Frame.Message is not Message.Hello,
            _ => false,
        };
}
