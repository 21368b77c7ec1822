using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using ClusterRas.Fabric;
using ClusterRas.Protocol;
using ClusterRas.Wire.V1;
using Grpc.Core;

namespace ClusterRas.PeersBench;

/// <summary>The shipped rasd on sixteen nodes, five of them with a vote.</summary>
internal sealed partial class Ours(NamespaceBed bed, string home, string rasd, bool isTuned) : Contender
{
    private static readonly TimeSpan SettleWithin = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan KnownWithin = TimeSpan.FromSeconds(60);
    private const ulong WindowMs = 35_000;
    private readonly Sightings sightings = new();
    private IReadOnlyList<Machine> machines = [];
    private IReadOnlyList<NodeDoor> doors = [];

    /// <inheritdoc />
    public override string Name => "rasd";

    /// <inheritdoc />
    public override string Settings =>
        isTuned ? "heartbeat 100 x 4 + 100 ms, beat 50, election 250 to 400 ms" : "defaults";

    /// <inheritdoc />
    public override int NodeCount => 16;

    /// <inheritdoc />
    public override bool FailsOver => true;

    /// <inheritdoc />
    public override TimeSpan TrialTakes => TimeSpan.FromSeconds(5);

    /// <inheritdoc />
    public override IReadOnlyList<int> ProcessIds => [.. machines.Select(m => m.ProcessId).OfType<int>()];

    /// <inheritdoc />
    public override Task<int> DeclarationsAsync(CancellationToken stop) => Task.FromResult(sightings.DeclarationsMax());

    /// <inheritdoc />
    public override async Task StartAsync(CancellationToken stop)
    {
        (var map, machines) = await new Site(home, rasd, bed).FurnishAsync(
            "peers",
            NodeCount,
            isTuned ? Tuned() : null,
            stop
        );
        doors = [.. map.Nodes.Select(n => new NodeDoor(n))];
        foreach (var machine in machines)
        {
            machine.OnLine = line => Read(machine.Number, line);
            machine.Boot();
        }

        await SettleAsync(stop);
    }

    /// <inheritdoc />
    public override async Task<Detection?> DetectAsync(Kill kill, Prng prng, CancellationToken stop)
    {
        var master = (await SettleAsync(stop)).Master;
        var others = machines.Where(m => m.Number != master).ToList();
        var victim = others[(int)prng.Below(others.Count)];
        sightings.ForgetSubject(victim.Number);
        var killedAt = Stopwatch.GetTimestamp();
        await EndAsync(victim, kill);
        var survivors = machines.Where(m => m != victim).Select(m => m.Number).ToList();
        var found = await sightings.AwaitAsync(survivors, victim.Number, killedAt, KnownWithin, stop);
        await ReturnAsync(victim, stop);
        return found;
    }

    /// <inheritdoc />
    public override async Task<TimeSpan?> FailOverAsync(Kill kill, Prng prng, CancellationToken stop)
    {
        var before = await SettleAsync(stop);
        var master = machines[before.Master!.Value - 1];
        var voters = before.Voters.Where(v => v != master.Number).ToList();
        var survivor = voters[(int)prng.Below(voters.Count)];
        var endedAt = Stopwatch.GetTimestamp();
        await EndAsync(master, kill);
        TimeSpan? took = null;
        while (took is null && Stopwatch.GetElapsedTime(endedAt) < KnownWithin)
        {
            try
            {
                var said = await doors[survivor - 1]
                    .Events.First()
                    .ReportAsync(
                        new ReportRequest { Kind = Wire.V1.EventKind.MemoryFault, WindowMs = WindowMs },
                        cancellationToken: stop
                    );
                took = said.Ending == ReportEnding.Acked ? Stopwatch.GetElapsedTime(endedAt) : null;
            }
            catch (RpcException) when (!stop.IsCancellationRequested)
            {
                // Said again at once, as a client does that has to get it written.
            }
        }

        await ReturnAsync(master, stop);
        return took;
    }

    /// <inheritdoc />
    public override ValueTask DisposeAsync()
    {
        foreach (var machine in machines)
        {
            machine.Dispose();
        }

        foreach (var door in doors)
        {
            door.Dispose();
        }

        return ValueTask.CompletedTask;
    }

    private static Tuning Tuned() =>
        new([
            KeyValuePair.Create(ClusterOption.HeartbeatMs, 100),
            KeyValuePair.Create(ClusterOption.HeartbeatsMissed, 4),
            KeyValuePair.Create(ClusterOption.ProbeMs, 100),
            KeyValuePair.Create(ClusterOption.BeatMs, 50),
            KeyValuePair.Create(ClusterOption.ElectionMinMs, 250),
            KeyValuePair.Create(ClusterOption.ElectionMaxMs, 400),
            KeyValuePair.Create(ClusterOption.SeatDelayMs, 50),
        ]);

    private static async Task EndAsync(Machine machine, Kill kill)
    {
        switch (kill)
        {
            case Kill.SigKill:
                machine.Kill();
                break;
            case Kill.SigStop:
                machine.SetPaused(isPaused: true);
                break;
            case Kill.LinksDown:
                await machine.SetRailsAsync(isUp: false);
                break;
        }
    }

    private async Task ReturnAsync(Machine machine, CancellationToken stop)
    {
        await machine.SetRailsAsync(isUp: true);
        machine.Kill();
        await machine.StopAsync(KnownWithin);
        machine.Boot();
        await SettleAsync(stop);
    }

    private async Task<Picture> SettleAsync(CancellationToken stop)
    {
        Picture? whole = null;
        await UntilAsync(
            "rasd whole",
            SettleWithin,
            async () =>
            {
                if (machines.FirstOrDefault(m => m.HasFailed) is { } failed)
                {
                    throw new BedFailedException($"rasd of {failed.Name} has ended by itself", failed);
                }

                var all = (await Task.WhenAll(doors.Select(d => d.AskAsync(stop)))).OfType<Picture>().ToList();
                whole =
                    all.Count == machines.Count
                    && all.TrueForAll(p =>
                        p.Master is not null
                        && (p.Master, p.Term) == (all[0].Master, all[0].Term)
                        && p.Voters.Count == all[0].Voters.Count
                        && machines.All(p.IsFit)
                    )
                        ? all[0]
                        : null;
                return whole is not null;
            },
            stop
        );
        return whole!;
    }

    // A silent death is committed, so known by this node as by all. Where only rasd has died, its machine refuses connections, and each node says so
    // by itself: no death of a node is declared then.
    private void Read(int observer, string line)
    {
        if (Gone().Match(line) is { Success: true } found)
        {
            sightings.Set(observer, int.Parse(found.Groups[1].Value, CultureInfo.InvariantCulture), isGone: true);
        }
    }

    [GeneratedRegex(
        @"(?:incident\.opened: Incident \S+ is committed: Silent of |node\.health: )n(\d\d)(?: \(term| looks AgentDown)"
    )]
    private static partial Regex Gone();
}
