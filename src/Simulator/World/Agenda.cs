namespace ClusterRas.Simulator.World;

/// <summary>Something that will happen.</summary>
internal abstract class Occurrence
{
    public abstract void Happen();
}

/// <summary>What will happen, by time, then by the order in which it was planned.</summary>
internal sealed class Agenda
{
    private readonly PriorityQueue<Occurrence, Place> queue = new();
    private long order;

    /// <summary>Since the world began.</summary>
    public TimeSpan Now { get; private set; }

    public void At(TimeSpan time, Occurrence occurrence) =>
        queue.Enqueue(occurrence, new Place(Math.Max(time.Ticks, Now.Ticks), order++));

    public void At(TimeSpan time, Action happen) => At(time, new Plain(happen));

    public void After(TimeSpan delay, Action happen) => At(Now + delay, new Plain(happen));

    /// <summary>Takes the next one, at most up to <paramref name="end"/>; null: there is none.</summary>
    public Occurrence? Next(TimeSpan end)
    {
        if (!queue.TryPeek(out _, out var place) || place.Ticks > end.Ticks)
        {
            Now = end;
            return null;
        }

        Now = new TimeSpan(place.Ticks);
        return queue.Dequeue();
    }

    private readonly record struct Place(long Ticks, long Order) : IComparable<Place>
    {
        public int CompareTo(Place other) =>
            Ticks != other.Ticks ? Ticks.CompareTo(other.Ticks) : Order.CompareTo(other.Order);
    }

    private sealed class Plain(Action happen) : Occurrence
    {
        public override void Happen() => happen();
    }
}
