using System.Runtime.CompilerServices;

namespace ClusterRas.Ctl.Tests;

/// <summary>Whole outputs, in files under goldens/: they are read in reviews as operators read them.</summary>
internal static class Golden
{
    /// <summary>Compares. With CLUSTERRAS_REWRITE_GOLDENS set it writes instead: commit only what you meant.</summary>
    public static void ShouldBeGolden(this string text, string name, [CallerFilePath] string testFile = "")
    {
        if (Environment.GetEnvironmentVariable("CLUSTERRAS_REWRITE_GOLDENS") is { Length: > 0 })
        {
            File.WriteAllText(Path.Combine(Path.GetDirectoryName(testFile)!, "goldens", name), text);
            return;
        }

        text.ShouldBe(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "goldens", name)), name);
    }
}
