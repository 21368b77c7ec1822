using System.Diagnostics;
using ClusterRas.Fabric;
using ClusterRas.Transport.Uvb;

namespace ClusterRas.Transport.Tests;

/// <summary>This program once more, as B of a pair on die 0, in a process of its own that can be killed: it sends all the time.</summary>
internal sealed class UvbChild : IDisposable
{
    private readonly Process process;

    public UvbChild(UvbPair pair)
    {
        var start = new ProcessStartInfo(Path.ChangeExtension(typeof(UvbChild).Assembly.Location, null));
        foreach (var argument in (string[])["uvb", UvbPair.Library, pair.Device])
        {
            start.ArgumentList.Add(argument);
        }

        process = Process.Start(start)!;
    }

    public static async Task<int> RunAsync(string library, string device)
    {
        var link = new LinkId(TransportPair.NodeA, TransportPair.Die0, TransportKind.Uvb);
        await using var transport = new UvbTransport(
            TransportPair.NodeB,
            [new UvbLinkAddress(link, UvbPair.CnasOfB[0], UvbPair.CnasOfA[0])],
            new UvbTransportOptions { LibraryPath = library, DevicePath = device }
        );
        await transport.StartAsync(new RecordingSink(), CancellationToken.None);
        for (var number = 0; ; number += transport.Send(link, Said.Word(number)) == SendOutcome.Queued ? 1 : 0)
        {
            // Until it is killed.
        }
    }

    /// <summary>SIGKILL.</summary>
    public void Kill()
    {
        process.Kill();
        process.WaitForExit();
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            Kill();
        }

        process.Dispose();
    }
}
