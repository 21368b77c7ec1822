using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using ClusterRas.Fabric;
using ClusterRas.Transport.Urma;

namespace ClusterRas.Transport.Tests;

/// <summary>This program once more, as a peer in a process of its own that can be killed.</summary>
internal sealed class UrmaChild : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process process;

    private UrmaChild(Process process)
    {
        this.process = process;
    }

    /// <summary>A child that does this, with these commands for its own simulation.</summary>
    public static UrmaChild Start(string role, string commands, params ReadOnlySpan<string> arguments)
    {
        var library = Simulation.LibraryPath;
        var start = new ProcessStartInfo(Path.ChangeExtension(typeof(UrmaChild).Assembly.Location, null))
        {
            RedirectStandardOutput = true,
        };
        foreach (var argument in (string[])["urma", role, library, .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["URMA_SIM_COMMANDS"] = commands;
        return new UrmaChild(Process.Start(start)!);
    }

    /// <summary>B of this pair on die 0: it sends all the time.</summary>
    public static UrmaChild StartSender(UrmaPair pair) =>
        Start(
            "send",
            $"fabric {Simulation.Fabric};device child {pair.EidsOfB[0]}",
            pair.Options.Jetty.ToString(),
            pair.EidsOfB[0].ToString(),
            pair.EidsOfA[0].ToString()
        );

    public static async Task<int> RunAsync(string[] args)
    {
        var link = new LinkId(TransportPair.NodeA, TransportPair.Die0, TransportKind.Urma);
        var isSender = args is ["send", _, _, _, _];
        var local = isSender ? EidOf(args[3]) : new Eid(1, 1);
        var peer = isSender ? EidOf(args[4]) : new Eid(1, 2);
        var jetty = isSender ? int.Parse(args[2], CultureInfo.InvariantCulture) : 20;
        var sink = new RecordingSink();
        if (args[0] == "second")
        {
            InitAsSomebodyElse(args[1]);
        }

        await using (
            var transport = new UrmaTransport(
                TransportPair.NodeB,
                [new UrmaLinkAddress(link, local, peer)],
                new UrmaTransportOptions { LibraryPath = args[1], Jetty = new JettyId(jetty) }
            )
        )
        {
            await transport.StartAsync(sink, CancellationToken.None);
            for (
                var number = 0;
                isSender;
                number += transport.Send(link, Said.Word(number)) == SendOutcome.Queued ? 1 : 0
            )
            {
                // Until it is killed.
            }

            await sink.WaitForLastAsync(link, open: false);
            Console.WriteLine(transport.WhyNot(link));
        }

        Console.WriteLine("ended");
        return 0;
    }

    // As another part of the same process that uses the library for its own ends.
    private static unsafe void InitAsSomebodyElse(string library)
    {
        var init = (delegate* unmanaged[Cdecl]<void*, int>)
            NativeLibrary.GetExport(NativeLibrary.Load(library), "urma_init");
        init(null).ShouldBe(0);
        init(null).ShouldBe(17);
    }

    public void WaitForLine(Predicate<string> isIt)
    {
        var reading = Task.Run(() =>
        {
            while (process.StandardOutput.ReadLine() is { } line)
            {
                if (isIt(line))
                {
                    return true;
                }
            }

            return false;
        });
        reading.Wait(Patience).ShouldBeTrue();
        reading.Result.ShouldBeTrue();
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

    private static Eid EidOf(string text) =>
        Eid.TryParse(text, out var eid) ? eid : throw new ArgumentException(text, nameof(text));
}
