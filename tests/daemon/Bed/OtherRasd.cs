using System.Text;

namespace ClusterRas.Daemon.Tests;

/// <summary>The daemon as it is, but for its version: a copy in whose program another number of the same length stands.</summary>
internal static class OtherRasd
{
    /// <summary>What goes around a daemon so that the copy runs in its place.</summary>
    /// <param name="folder">Where the copy goes.</param>
    public static IReadOnlyList<string> Around(string folder, string own, string other)
    {
        Encoding.UTF8.GetByteCount(other).ShouldBe(Encoding.UTF8.GetByteCount(own));
        var program = Rasd.Program;
        var copy = Directory.CreateDirectory(Path.Combine(folder, "other")).FullName;

        // As it is built; or one file that has all of it, as it ships.
        var library = program + ".dll";
        var built = File.Exists(library) ? library : program;
        foreach (var file in built == program ? [program] : Directory.GetFiles(Path.GetDirectoryName(program)!))
        {
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        }

        var patched = Path.Combine(copy, Path.GetFileName(built));
        var bytes = File.ReadAllBytes(patched);
        var (from, to) = (Encoding.UTF8.GetBytes(own), Encoding.UTF8.GetBytes(other));
        var places = 0;
        for (var at = bytes.AsSpan().IndexOf(from); at >= 0; at = bytes.AsSpan().IndexOf(from))
        {
            to.CopyTo(bytes.AsSpan(at));
            places++;
        }

        places.ShouldBeGreaterThan(0);
        File.WriteAllBytes(patched, bytes);

        // What follows is the daemon that it replaces, and its arguments.
        return ["sh", "-c", "shift; exec \"$0\" \"$@\"", Path.Combine(copy, Path.GetFileName(program))];
    }
}
