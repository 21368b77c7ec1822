namespace ClusterRas.Beds;

/// <summary>What was to be played cannot go on.</summary>
/// <param name="message">What did not come.</param>
/// <param name="machine">Whose log may say why; null: nobody's in particular.</param>
public sealed class BedFailedException(string message, Machine? machine = null) : Exception(message)
{
    /// <summary>Whose log may say why.</summary>
    public Machine? Machine { get; } = machine;
}
