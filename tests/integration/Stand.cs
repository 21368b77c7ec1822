namespace ClusterRas.Integration;

/// <summary>What <c>tests/integration/run</c> has laid ready.</summary>
internal static class Stand
{
    /// <summary>The image that compose/make-image has made.</summary>
    public const string Image = "clusterras:local";

    /// <summary>A folder of ours; gone when all is over.</summary>
    public static string Home { get; } = Of("CLUSTERRAS_HOME");

    /// <summary>Where the engine keeps volumes: NAME/_data below it.</summary>
    public static string Volumes { get; } = Of("CLUSTERRAS_VOLUMES");

    /// <summary>The folder of the compose files.</summary>
    public static string Compose { get; } = Of("CLUSTERRAS_COMPOSE");

    private static string Of(string variable) =>
        Environment.GetEnvironmentVariable(variable)
        ?? throw new InvalidOperationException($"{variable} is not set; ./x containers sets it and starts an engine");
}
