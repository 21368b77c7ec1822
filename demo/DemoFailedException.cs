namespace ClusterRas.Demo;

/// <summary>The story cannot go on.</summary>
/// <param name="message">What did not come.</param>
/// <param name="machine">Whose log may say why; null: nobody's in particular.</param>
internal sealed class DemoFailedException(string message, Machine? machine = null) : Exception(message)
{
    /// <summary>Whose log may say why.</summary>
    public Machine? Machine { get; } = machine;
}
