using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

[assembly: AssemblyFixture(typeof(ClusterRas.Grpc.Tests.Conformance))]

namespace ClusterRas.Grpc.Tests;

/// <summary>The table case x pairing: which cells there are, what became of each, printed at the end.</summary>
public sealed class Conformance : IDisposable
{
    /// <summary>Client to server.</summary>
    public static readonly string[] Pairings = ["ours>ours", "ours>py", "py>ours", "ours>js", "js>ours"];

    public static readonly string[] Cases =
    [
        "unary",
        "server streaming",
        "client streaming",
        "duplex",
        "duplex, server first",
        "many calls at once",
        "large message",
        "deadline",
        "cancellation",
        "metadata ascii",
        "metadata binary",
        "trailers",
        "error status",
        "error text not ascii",
        "unknown method",
        "oversize request",
        "oversize response",
        "compressed flag alone",
        "unknown encoding",
        "truncated frame",
        "trailers-only",
        "reset by peer",
        "not gRPC",
    ];

    private static readonly ConcurrentDictionary<(string Case, string Pairing), string> Cells = new();

    public static TheoryData<string> AllCases => new(Cases);

    /// <summary>Runs a case within its time and notes what became of it.</summary>
    public static async Task RunAsync(string name, string pairing, Func<Task> act)
    {
        Cells[(name, pairing)] = "FAILED";
        try
        {
            await act().WaitAsync(Limits.CaseWithin);
            Cells[(name, pairing)] = "ok";
        }
        catch (Exception skipped) when (skipped.GetType().Name == "SkipException")
        {
            Cells[(name, pairing)] = "skipped";
            throw;
        }
    }

    public void Dispose()
    {
        var table = new StringBuilder().AppendLine();
        Line(table, "case (client>server)", Pairings);
        foreach (var name in Cases)
        {
            Line(table, name, Pairings.Select(pairing => Cells.GetValueOrDefault((name, pairing), "not run")));
        }

        Console.WriteLine(table);
    }

    private static void Line(StringBuilder table, string first, IEnumerable<string> rest) =>
        table
            .Append(CultureInfo.InvariantCulture, $"{first, -24}")
            .AppendJoin("", rest.Select(cell => $"{cell, -11}"))
            .AppendLine();
}
