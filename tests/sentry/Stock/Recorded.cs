using System.Collections.Immutable;
using System.Text.Json;
using ClusterRas.Fabric;
using ClusterRas.Sentry.Stock;

namespace ClusterRas.Sentry.Tests.Stock;

/// <summary>One of the 164 recorded commands, with the machine that it was given to.</summary>
/// <param name="Id">C001 to C164.</param>
/// <param name="Words">Behind <c>sentryctl</c>.</param>
/// <param name="Before">What was set up.</param>
/// <param name="Verdict">What became of it.</param>
internal sealed record Recorded(string Id, ImmutableArray<string> Words, JsonElement Before, StockVerdict Verdict)
{
    private static readonly JsonDocument File = JsonDocument.Parse(
        System.IO.File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "syssentry-settings.json"))
    );

    // The devices of the machine that was recorded.
    private static readonly HashSet<Eid> Owned =
    [
        EidOf("0000:0000:0000:0000:0000:0000:0000:0a01"),
        EidOf("0000:0000:0000:0000:0000:0000:0000:0a02"),
        EidOf("0000:0000:0000:0000:0000:0000:0000:0000"),
        EidOf("0000:0000:0000:0000:0000:0000:0000:0abc"),
        EidOf("0000:0000:0000:0000:0000:ffff:0a0a:0101"),
    ];

    public static ImmutableArray<Recorded> All { get; } =
    [
        .. File
            .RootElement.GetProperty("config")
            .EnumerateArray()
            .Select(vector => new Recorded(
                vector.GetProperty("id").GetString()!,
                [.. vector.GetProperty("argv").EnumerateArray().Select(word => word.GetString()!)],
                vector.GetProperty("pre"),
                VerdictOf(vector)
            )),
    ];

    /// <summary>Its own eids, as they were set before.</summary>
    public ImmutableArray<string> Local =>
        Before.TryGetProperty("local", out var local)
            ? [.. local.EnumerateArray().Select(eid => eid.GetString()!)]
            : [];

    /// <summary>A new machine as it was.</summary>
    public StockMachine NewMachine()
    {
        var machine = new StockMachine
        {
            Owned = Owned,
            HasDrivers = !Has("nodrv", true),
            RunsPanicNotifiers = !Has("kexec", false),
            UsesUvb = !Has("uvb", false),
            UsesUrma = !Has("urma", false),
            IsLinked = Has("created", true),
        };
        machine.SetLocal([.. Local.Select(EidOf)]);
        return machine;
    }

    private bool Has(string name, bool value) =>
        Before.TryGetProperty(name, out var said) && said.GetBoolean() == value;

    private static Eid EidOf(string text) => Eid.TryParse(text, out var eid) ? eid : throw new FormatException(text);

    private static StockVerdict VerdictOf(JsonElement vector)
    {
        var exitCode = vector.GetProperty("exit").GetInt32();
        var reason = vector.GetProperty("kernel_reason").GetString()!;
        return new StockVerdict(
            exitCode,
            vector.GetProperty("rejected_by").GetString() switch
            {
                "none" => StockRefusal.Nobody,
                "argparse" => StockRefusal.Parser,
                "sysSentry" => StockRefusal.Service,
                "kernel" => StockRefusal.Driver,
                var other => throw new FormatException(other),
            },
            SaidIn(vector),
            reason.Length == 0 ? [] : [new StockReason(reason)],
            [
                .. vector
                    .GetProperty("proc_writes")
                    .EnumerateArray()
                    .Select(write => new StockWrite(
                        write.GetProperty("file").GetString()!,
                        write.GetProperty("data").GetString()!,
                        write.GetProperty("errno").GetInt32()
                    )),
            ]
        );
    }

    private static string SaidIn(JsonElement vector)
    {
        var error = vector.GetProperty("stderr_last").GetString()!;
        var lines = vector.GetProperty("stdout").GetString()!.Split('\n');
        return error.Length > 0 ? error
            : lines[0] == "failed" ? lines[1]
            : lines[0].StartsWith("usage:", StringComparison.Ordinal) ? "it shows its help"
            : lines[0];
    }
}
