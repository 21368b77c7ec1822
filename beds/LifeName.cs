namespace ClusterRas.Beds;

/// <summary>One boot of one machine.</summary>
/// <param name="Number">Of the machine, from 1.</param>
/// <param name="Boot">32 hex digits.</param>
public readonly record struct LifeName(int Number, string Boot)
{
    /// <summary>Of a machine's present boot.</summary>
    public static LifeName Of(Machine machine) => new(machine.Number, machine.BootId.ToString("N"));

    /// <inheritdoc />
    public override string ToString() => $"{BedMap.NameOf(Number)} (boot {Boot[..8]})";
}
