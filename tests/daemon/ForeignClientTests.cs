using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace ClusterRas.Daemon.Tests;

/// <summary>A client of another language that has nothing of ours but the proto files.</summary>
public sealed class ForeignClientTests : IDisposable
{
    private const string Python = "/usr/bin/python3";

    private readonly RealCluster cluster = new(nodeCount: 2);

    [Fact]
    public async Task PythonClient_FromTheProtoFiles_ReportsSubscribesAndCompletes()
    {
        var (hasGrpc, _, why) = await RunAsync("-c", "import google.protobuf, grpc");
        Assert.SkipUnless(hasGrpc, $"no python3-grpcio here: {why.Trim()}");
        var node = cluster[1];
        await cluster.StartAloneAsync(node);

        var (isGood, said, errors) = await RunAsync(
            Path.Combine(AppContext.BaseDirectory, "python", "client.py"),
            Path.Combine(AppContext.BaseDirectory, "clusterras.protoset"),
            node.Node.Dies[0].Grpc.ToString(),
            "n2"
        );

        isGood.ShouldBeTrue(errors);
        var incident = (await cluster.SameOnAllAsync("it", list => list is [{ AckedCount: 1 }])).Single();
        incident.Id.ToString(CultureInfo.InvariantCulture).ShouldBe(said.Trim());
        incident.Verdict.ShouldBe(Verdict.Handled);
    }

    public void Dispose() => cluster.Dispose();

    private static async Task<(bool IsGood, string Said, string Errors)> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Python, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        try
        {
            using var process = Process.Start(start)!;
            Reaper.Born(process);
            var said = process.StandardOutput.ReadToEndAsync();
            var errors = process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            Reaper.Gone(process);
            return (process.ExitCode == 0, await said, await errors);
        }
        catch (Win32Exception absent)
        {
            return (false, "", absent.Message);
        }
    }
}
