using System.Security.Cryptography;

namespace ClusterRas.Master.Tests.Crash;

/// <summary>The seed of a run: printed, and the same again with LEDGER_SEED.</summary>
internal static class CrashSeed
{
    public static ulong Draw(ITestOutputHelper output)
    {
        var seed = ulong.TryParse(Environment.GetEnvironmentVariable("LEDGER_SEED"), out var given)
            ? given
            : (ulong)RandomNumberGenerator.GetInt32(int.MaxValue);
        output.WriteLine($"again: LEDGER_SEED={seed} ./x test Master");
        return seed;
    }
}
