using System.Diagnostics;

namespace ClusterRas.PeersBench;

/// <summary>Which node has said when of which that it is gone, as lines of their logs come in.</summary>
internal sealed class Sightings
{
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromMilliseconds(5);
    private readonly Lock gate = new();
    private readonly Dictionary<(int Observer, int Subject), (bool IsGone, long At)> seen = [];
    private readonly Dictionary<int, int> declarations = [];

    /// <summary>A line said it.</summary>
    public void Set(int observer, int subject, bool isGone)
    {
        var at = Stopwatch.GetTimestamp();
        lock (gate)
        {
            // Said in two ways, the first counts.
            if (!isGone || !seen.TryGetValue((observer, subject), out var last) || !last.IsGone)
            {
                seen[(observer, subject)] = (isGone, at);
            }

            declarations[observer] = declarations.GetValueOrDefault(observer) + (isGone ? 1 : 0);
        }
    }

    /// <summary>A process starts anew and knows nobody yet.</summary>
    public void ForgetObserver(int observer) => Forget(pair => pair.Observer == observer);

    /// <summary>A node begins a trial as one that is there.</summary>
    public void ForgetSubject(int subject) => Forget(pair => pair.Subject == subject);

    /// <summary>Declarations so far of the node that made most of them.</summary>
    public int DeclarationsMax()
    {
        lock (gate)
        {
            return declarations.Values.DefaultIfEmpty().Max();
        }
    }

    /// <summary>True if the last word of each of them on the subject is that it is there.</summary>
    public bool AllHave(IEnumerable<int> observers, int subject)
    {
        lock (gate)
        {
            return observers.All(o => o == subject || (seen.TryGetValue((o, subject), out var last) && !last.IsGone));
        }
    }

    /// <summary>Waits until all survivors have said that the subject is gone.</summary>
    /// <returns>Null: not within the limit.</returns>
    public async Task<Detection?> AwaitAsync(
        IReadOnlyCollection<int> survivors,
        int subject,
        long killedAt,
        TimeSpan limit,
        CancellationToken stop
    )
    {
        while (Stopwatch.GetElapsedTime(killedAt) < limit)
        {
            lock (gate)
            {
                var times = survivors
                    .Select(o => seen.GetValueOrDefault((o, subject)))
                    .Where(last => last.IsGone && last.At > killedAt)
                    .Select(last => Stopwatch.GetElapsedTime(killedAt, last.At))
                    .ToList();
                if (times.Count == survivors.Count)
                {
                    return new Detection(times.Min(), times.Max());
                }
            }

            await Task.Delay(LookAgainAfter, stop);
        }

        return null;
    }

    private void Forget(Func<(int Observer, int Subject), bool> isMeant)
    {
        lock (gate)
        {
            foreach (var pair in seen.Keys.Where(isMeant).ToList())
            {
                seen.Remove(pair);
            }
        }
    }
}
