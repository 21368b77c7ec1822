using ClusterRas.Protocol;

namespace ClusterRas.Transport;

/// <summary>Frames in order, at most a fixed number; any of them can be taken out under overload.</summary>
internal sealed class FrameRing(int framesMax)
{
    private readonly Frame?[] slots = new Frame?[framesMax];
    private int head;

    public int Count { get; private set; }

    public bool IsFull => Count == slots.Length;

    public Frame? this[int index] => slots[Slot(index)];

    public void Add(Frame frame)
    {
        slots[Slot(Count)] = frame;
        Count++;
    }

    public Frame? Take()
    {
        if (Count == 0)
        {
            return null;
        }

        var frame = slots[head];
        slots[head] = null;
        head = Slot(1);
        Count--;
        return frame;
    }

    /// <summary>Closes the gap; the order of the others stays.</summary>
    public void RemoveAt(int index)
    {
        for (var at = index; at < Count - 1; at++)
        {
            slots[Slot(at)] = slots[Slot(at + 1)];
        }

        slots[Slot(Count - 1)] = null;
        Count--;
    }

    private int Slot(int index) => (head + index) % slots.Length;
}
