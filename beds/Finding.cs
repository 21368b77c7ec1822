namespace ClusterRas.Beds;

/// <summary>A promise that was not kept.</summary>
/// <param name="Promise">Its name: S3, L1, ...</param>
/// <param name="Text">What was seen, for people.</param>
public sealed record Finding(string Promise, string Text)
{
    /// <inheritdoc />
    public override string ToString() => $"{Promise}: {Text}";
}
