using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Simulator.World;

/// <summary>Tells people of incidents as one process does it while it is master, and takes over at once from whoever was master before.</summary>
/// <remarks>Hastier than the product, where only the master does it and waits for an earlier one that lives: what the log forbids
/// must hold without that.</remarks>
internal sealed class NoticeSender(Cluster cluster, Host host, AgentProcess process, Prng chance)
{
    private const string Channel = "people";
    private static readonly TimeSpan LooksWithin = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan SentWithin = TimeSpan.FromSeconds(2);

    private readonly Dictionary<ulong, EntryPayload.Notified> open = [];
    private readonly HashSet<IncidentId> begun = [];
    private readonly ulong number = chance.NextBits();
    private bool isLooking;

    /// <summary>Some lives in all: their logs are longer.</summary>
    public static bool IsIn(ulong seed) => seed % 4 == 1;

    /// <summary>Something is committed here.</summary>
    public void See(Effect.Committed committed)
    {
        if (!isLooking && committed.Entries.Any(entry => entry.Payload is EntryPayload.Opened or EntryPayload.NoOp))
        {
            isLooking = true;
            cluster.Agenda.After(chance.Below(LooksWithin), Look);
        }
    }

    /// <summary>What became of a wish of this process.</summary>
    public void Hear(Effect.Granted granted)
    {
        if (!open.Remove(granted.Nonce, out var wish))
        {
            return;
        }

        if (granted.Refusal.Length > 0)
        {
            // Another one was first.
            begun.Remove(wish.Incident);
        }
        else if (wish.Stage == NoticeStage.Started)
        {
            cluster.Agenda.After(chance.Below(SentWithin), () => Ask(wish with { Stage = NoticeStage.Sent }));
        }
    }

    private void Look()
    {
        isLooking = false;
        if (process.Status is not { } status)
        {
            return;
        }

        foreach (var incident in status.Book.Incidents.Values)
        {
            var last = incident.FindNotice(Channel, NoticeMoment.Opened);
            var isWanted = last is null ? status.IsReady || chance.Chance(1, 3) : status.IsReady && !last.IsFinal;
            if (isWanted && begun.Add(incident.Id))
            {
                Ask(
                    new EntryPayload.Notified(
                        incident.Id,
                        Channel,
                        NoticeMoment.Opened,
                        NoticeStage.Started,
                        (last?.Attempt ?? 0) + 1,
                        host.Node,
                        number,
                        ""
                    )
                );
            }
        }
    }

    private void Ask(EntryPayload.Notified wish)
    {
        var nonce = chance.NextBits();
        open.Add(nonce, wish);
        process.Give(new Input.Asked(nonce, wish));
    }
}
