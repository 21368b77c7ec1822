namespace ClusterRas.Simulator.Faults;

/// <summary>One kind of fault that the planner knows.</summary>
/// <param name="Name">As <see cref="Fault.Kind"/> says it.</param>
/// <param name="Weight">How often, among the others.</param>
/// <param name="Draw">One that begins, or begins to wait, at a time.</param>
internal sealed record FaultKind(string Name, int Weight, Func<Dice, TimeSpan, Fault> Draw)
{
    private readonly Func<Shape, bool> fits = static _ => true;

    /// <summary>Shapes in which it can happen; all of them where nothing is said.</summary>
    public Func<Shape, bool> Fits
    {
        get => fits;
        init => fits = value;
    }

    /// <summary>Null: it can also begin before the cluster is founded. Else why not.</summary>
    public string? NotBeforeFounding { get; init; }
}
