using System.Diagnostics;
using ClusterRas.Fabric;
using ClusterRas.Sentry;

namespace ClusterRas.Daemon.Tests;

/// <summary>Real daemons on loopback, in a folder that goes with them.</summary>
internal sealed class RealCluster : IDisposable
{
    /// <summary>For one condition. Far more than it takes: only a machine that does other things too comes near.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private const int LinesShown = 40;
    private const int IncidentsShown = 5;
    private static readonly TimeSpan PollEvery = TimeSpan.FromMilliseconds(20);

    public RealCluster(int nodeCount, int dieCount = 1, int control = 0, Tuning? tuning = null)
    {
        Folder = Directory.CreateTempSubdirectory("rasd-").FullName;
        Topology = ClusterMap.Create(nodeCount, dieCount, control, tuning);
        TopologyPath = Path.Combine(Folder, "topology.json");
        File.WriteAllText(TopologyPath, TopologyFile.Write(Topology));
        Nodes = [.. Topology.Nodes.Select(node => new RealNode(Folder, TopologyPath, node))];
        if (Environment.GetEnvironmentVariable("CLUSTERRAS_WIRES") is { Length: > 0 } wires)
        {
            // Every test of this suite, with words that travel otherwise.
            foreach (var node in Nodes)
            {
                node.Wires = NativeWires.Named(wires, Folder, node);
            }
        }
    }

    public string Folder { get; }

    public Topology Topology { get; }

    public string TopologyPath { get; }

    /// <summary>n1 first.</summary>
    public IReadOnlyList<RealNode> Nodes { get; }

    /// <summary>n1 is 1.</summary>
    public RealNode this[int number] => Nodes[number - 1];

    /// <summary>Nodes that should answer.</summary>
    public IEnumerable<RealNode> Live => Nodes.Where(node => node.IsRunning && !node.IsFrozen);

    /// <summary>Starts these nodes, or all, and waits for a master whom all of them know.</summary>
    public async Task<RealNode> StartAsync(params IReadOnlyList<RealNode> nodes)
    {
        foreach (var node in nodes.Count > 0 ? nodes : Nodes)
        {
            node.Start();
        }

        return await MasterAsync();
    }

    /// <summary>Founds the cluster with all of its nodes, and leaves this one running, as the only voter.</summary>
    public async Task StartAloneAsync(RealNode node)
    {
        (await StartAsync()).ShouldBe(node);
        foreach (var other in Nodes.Where(other => other != node))
        {
            var drained = await node.Operator.DrainAsync(
                new DrainRequest
                {
                    NodeName = other.Name,
                    By = "tests",
                    Why = "to be alone",
                },
                RealNode.Soon
            );
            drained.VoterNodeNames.ShouldNotContain(other.Name);
            other.Kill();
        }
    }

    /// <summary>Waits until all live nodes know one master that lives, and of each other that they are in its log.</summary>
    public Task<RealNode> MasterAsync() =>
        UntilAsync(
            "all live nodes know one live master and have joined",
            async () =>
            {
                var live = Live.ToList();
                var said = await Task.WhenAll(live.Select(node => node.StatusAsync()));
                if (said.Any(status => status?.Master is not { HasNode: true }))
                {
                    return null;
                }

                var masters = said.Select(status => (status!.Master.Node, status.Master.Term)).Distinct().ToList();
                var isJoined = said.All(status =>
                    said.All(other =>
                        status!.Members.SingleOrDefault(member => member.Node == other!.Node)?.Life?.Boot
                        == other!.Life.Boot
                    )
                );
                var master = live.FirstOrDefault(node => node.Node.Id.Value == masters[0].Node);
                return masters.Count == 1 && isJoined ? master : null;
            }
        );

    /// <summary>A panic of a node, as its kernel tells others.</summary>
    /// <param name="windowMs">May carry the tag of a life in its last three digits.</param>
    public static Func<ulong, ulong, DeviceRecord> Panic(int number, ulong windowMs = 35_000) =>
        (msgid, start) =>
            new DeviceRecord.Panic(msgid, start, windowMs, ClusterMap.CnaOf(number), ClusterMap.EidOf(number, 0));

    /// <summary>A kernel reboot of a node, as its kernel tells others.</summary>
    public static Func<ulong, ulong, DeviceRecord> Reboot(int number, ulong windowMs = 35_000) =>
        (msgid, start) =>
            new DeviceRecord.KernelReboot(
                msgid,
                start,
                windowMs,
                ClusterMap.CnaOf(number),
                ClusterMap.EidOf(number, 0)
            );

    public Task AckedAsync(params IReadOnlyList<Telling> tellings) =>
        UntilAsync(
            $"{tellings.Count} records are acked",
            () => Task.FromResult(tellings.All(telling => telling.IsAcked))
        );

    /// <summary>Waits until every live node, asked by itself, shows the same told incidents, and these satisfy the condition.</summary>
    /// <remarks>Silence is left out: a busy machine may really stop a process for as long as that takes.</remarks>
    public async Task<IReadOnlyList<Incident>> SameOnAllAsync(
        string what,
        Func<IReadOnlyList<Incident>, bool> condition
    )
    {
        IReadOnlyList<Incident>?[] lists = [];
        try
        {
            var shown = await UntilAsync(
                $"every live node shows {what}",
                async () =>
                {
                    lists = await Task.WhenAll(Live.Select(node => node.IncidentsAsync()));
                    return lists.All(list => list is not null && list.SequenceEqual(lists[0]!)) && condition(lists[0]!)
                        ? lists[0]
                        : null;
                }
            );
            Live.SelectMany(node => node.Kernel.Oddities).ShouldBeEmpty();
            return shown;
        }
        catch (TimeoutException late)
        {
            var found = lists.Select(list => list is null ? "no answer" : Telling(list, lists[0] ?? []));
            throw new TimeoutException($"{late.Message}\n{string.Join("\n--- next node\n", found)}", late);
        }
    }

    // The last ones, and before them whatever may be the reason: no ending yet, or not what the first node shows.
    private static string Telling(IReadOnlyList<Incident> list, IReadOnlyList<Incident> first) =>
        string.Join(
            '\n',
            list.Where(
                    (incident, at) =>
                        at >= list.Count - IncidentsShown
                        || incident.ReleaseCount == 0
                        || at >= first.Count
                        || !incident.Equals(first[at])
                )
                .Select(static incident => incident.ToString())
                .Prepend($"{list.Count} incidents:")
        );

    /// <summary>Every live node shows this very incident also when it is asked for it by its id.</summary>
    public Task ShownByIdAsync(Incident incident) =>
        UntilAsync(
            $"every live node shows incident {incident.Id}",
            async () =>
            {
                var shown = await Task.WhenAll(Live.Select(node => node.IncidentAsync(incident.Id)));
                return shown.All(incident.Equals);
            }
        );

    public Task SaidAsync(RealNode node, string text, int since = 0) =>
        UntilAsync($"{node.Name} says \"{text}\"", () => Task.FromResult(node.HasSaid(text, since)));

    public Task UntilAsync(string what, Func<Task<bool>> condition) =>
        UntilAsync(what, async () => await condition() ? this : null);

    /// <summary>Asks again until there is an answer.</summary>
    /// <exception cref="TimeoutException">It does not come.</exception>
    public async Task<T> UntilAsync<T>(string what, Func<Task<T?>> ask)
        where T : class
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            if (await ask() is { } answer)
            {
                return answer;
            }

            if (Nodes.FirstOrDefault(node => node.HasFailed) is { } failed)
            {
                throw new InvalidOperationException($"{failed.Name} has ended by itself.");
            }

            if (Stopwatch.GetElapsedTime(start) > Patience)
            {
                throw new TimeoutException($"Waited {Patience.TotalSeconds} s until {what}.");
            }

            await Task.Delay(PollEvery);
        }
    }

    /// <summary>What rasctl shows of a node's links.</summary>
    public async Task<string> LinksAsync(RealNode asked)
    {
        var told = await Rasctl.RunAsync(TopologyPath, "status", "--links", "--node", asked.Name);
        return told.Out[(told.Out.IndexOf("PEER", StringComparison.Ordinal) + 1)..];
    }

    /// <summary>The last log lines of every node, in the order in which they were said.</summary>
    public string LastWords() =>
        string.Join(
            '\n',
            Nodes.SelectMany(node =>
                node.Log().Where(IsTelling).TakeLast(LinesShown).Select(line => $"{node.Name}: {line}")
            )
        );

    /// <summary>What becomes of connections in a busy machine would push out all else.</summary>
    private static bool IsTelling(string line) =>
        !line.Contains(" link.", StringComparison.Ordinal) && !line.Contains(" stream.", StringComparison.Ordinal);

    public void Dispose()
    {
        if (TestContext.Current.TestState?.Result == TestResult.Failed)
        {
            TestContext.Current.TestOutputHelper?.WriteLine(LastWords());
        }

        foreach (var node in Nodes)
        {
            node.Dispose();
        }

        Directory.Delete(Folder, recursive: true);
    }
}
