using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Simulator.World;

/// <summary>Waits for the next seat that a master gives away. Told from what it writes, before anybody has it.</summary>
internal sealed class SeatWatch(GroupHistory groups)
{
    private Action<NodeId>? next;

    public void Await(Action<NodeId> seated) => next = seated;

    public void Forget() => next = null;

    public void See(Sighting sighting)
    {
        if (
            next is { } seated
            && groups.Fresh is [{ Payload: EntryPayload.GroupChanged { IsAddition: true } change }, ..]
            && change.Changed.Node != sighting.Node
        )
        {
            next = null;
            seated(change.Changed.Node);
        }
    }
}
