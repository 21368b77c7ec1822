using ClusterRas.Ctl.Asking;
using ClusterRas.Ctl.Text;

namespace ClusterRas.Ctl.Watching;

/// <summary>What a <see cref="TopScreen"/> shows.</summary>
internal interface ITopScene
{
    /// <summary>The commands that print all of it, for a terminal that is too low.</summary>
    string Whole { get; }

    /// <summary>Asks a node, and writes what it says.</summary>
    /// <exception cref="RefusedException">It does not answer, or has no such thing.</exception>
    Task WriteAsync(ReachedNode asked, Page page, CancellationToken stop);
}
