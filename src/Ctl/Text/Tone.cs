namespace ClusterRas.Ctl.Text;

/// <summary>How a word looks on a terminal that has colours.</summary>
internal enum Tone
{
    /// <summary>As it is.</summary>
    Plain,

    /// <summary>As it should be.</summary>
    Good,

    /// <summary>Look at it.</summary>
    Uneasy,

    /// <summary>Somebody is dead or dying.</summary>
    Bad,

    /// <summary>Beside the point.</summary>
    Quiet,
}
