namespace ClusterRas.Fabric;

/// <summary>How bad a problem is. The order is the order of badness.</summary>
public enum TopologySeverity
{
    /// <summary>Worth knowing; the map is clean.</summary>
    Note,

    /// <summary>The map works until something happens; <c>rasd</c> starts with it and says so.</summary>
    Warning,

    /// <summary>There is no map; <c>rasd</c> refuses it.</summary>
    Error,

    /// <summary>Nothing could be checked at all.</summary>
    Unusable,
}
