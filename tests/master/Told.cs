using ClusterRas.Protocol;

namespace ClusterRas.Master.Tests;

/// <summary>What a ledger has told, with ways to wait for it.</summary>
internal sealed class Told
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly object gate = new();
    private readonly List<long> persisted = [];
    private readonly List<string> stalled = [];
    private readonly List<string> failed = [];

    public LedgerSignals Signals =>
        new(ticket => Add(persisted, ticket.Value), reason => Add(stalled, reason), reason => Add(failed, reason));

    public IReadOnlyList<long> Persisted => Copy(persisted);

    public IReadOnlyList<string> Stalled => Copy(stalled);

    public IReadOnlyList<string> Failed => Copy(failed);

    public void WaitForPersisted(long ticket) =>
        Wait(() => ticket == 0 || persisted.LastOrDefault() >= ticket, $"ticket {ticket} to be persisted");

    public void WaitForStalled() => Wait(() => stalled.Count > 0, "a stall");

    public void WaitForFailed() => Wait(() => failed.Count > 0, "a failure");

    /// <summary>Null: persisted; else why it failed before.</summary>
    public string? WaitForPersistedOrFailed(long ticket)
    {
        Wait(
            () => ticket == 0 || failed.Count > 0 || persisted.LastOrDefault() >= ticket,
            $"ticket {ticket} to be persisted"
        );
        return Failed.Count > 0 ? Failed[0] : null;
    }

    private void Wait(Func<bool> condition, string what)
    {
        lock (gate)
        {
            var until = DateTime.UtcNow + Patience;
            while (!condition())
            {
                if (DateTime.UtcNow > until)
                {
                    throw new TimeoutException(
                        $"Waited for {what}; stalled: {string.Join("; ", stalled)}; failed: {string.Join("; ", failed)}; persisted: {string.Join("; ", persisted)}"
                    );
                }

                Monitor.Wait(gate, TimeSpan.FromSeconds(1));
            }
        }
    }

    private void Add<T>(List<T> list, T item)
    {
        lock (gate)
        {
            list.Add(item);
            Monitor.PulseAll(gate);
        }
    }

    private List<T> Copy<T>(List<T> list)
    {
        lock (gate)
        {
            return [.. list];
        }
    }
}
