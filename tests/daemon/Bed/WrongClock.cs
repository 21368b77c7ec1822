using System.Globalization;

namespace ClusterRas.Daemon.Tests;

/// <summary>A rasd whose wall clock is wrong, by Debian's libfaketime: the program is the shipped one, and its monotonic clock is right.</summary>
internal static class WrongClock
{
    // The one for programs with several threads.
    private const string Name = "libfaketimeMT.so.1";

    private static readonly string? Library = Directory.Exists("/usr/lib")
        ? Directory
            .EnumerateFiles(
                "/usr/lib",
                Name,
                new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 2 }
            )
            .FirstOrDefault()
        : null;

    /// <summary>Why there can be none; null: there can.</summary>
    public static string? Absence =>
        Library is null ? $"{Name} is not there; build/install-test-tools installs it as root" : null;

    /// <summary>For <see cref="RealNode.Around"/>.</summary>
    public static IReadOnlyList<string> Around(TimeSpan ahead) =>
        [
            "env",
            $"LD_PRELOAD={Library}",
            string.Create(CultureInfo.InvariantCulture, $"FAKETIME={ahead.TotalSeconds:+0;-0}"),
            "FAKETIME_DONT_FAKE_MONOTONIC=1",
            "DONT_FAKE_MONOTONIC=1",
        ];
}
