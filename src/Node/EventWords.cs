using ClusterRas.Protocol;

namespace ClusterRas.Node;

/// <summary>The words by which operators switch event kinds on.</summary>
internal static class EventWords
{
    /// <summary>All of them, in the order of the alarm ids.</summary>
    public static readonly (string Word, EventKind Kind)[] All =
    [
        ("poweroff", EventKind.PowerOff),
        ("oom", EventKind.OutOfMemory),
        ("panic", EventKind.Panic),
        ("reboot", EventKind.KernelReboot),
        ("memory", EventKind.MemoryFault),
        ("link", EventKind.LinkChange),
    ];

    /// <returns>False for any other word.</returns>
    public static bool TryParse(string word, out EventKind kind)
    {
        kind = Array.Find(All, known => known.Word == word).Kind;
        return kind != EventKind.None;
    }
}
