using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using ClusterRas.Protocol;

namespace ClusterRas.PeersBench;

/// <summary>etcd: a Raft store of three members. It declares nobody gone; its failover is what can be timed.</summary>
internal sealed class Etcd(NamespaceBed bed, string home, bool isTuned) : Contender
{
    private static readonly TimeSpan StartWithin = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan WrittenWithin = TimeSpan.FromSeconds(60);

    // A put that was sent on to a dead leader is never answered; so each is given up soon and said again.
    private static readonly TimeSpan PutWithin = TimeSpan.FromMilliseconds(150);
    private readonly HttpClient client = new();
    private readonly List<Agent> agents = [];
    private int lastTerm;

    /// <inheritdoc />
    public override string Name => "etcd";

    /// <inheritdoc />
    public override string Settings => isTuned ? "heartbeat 30, election 150 ms" : "defaults";

    /// <inheritdoc />
    public override int NodeCount => 3;

    /// <inheritdoc />
    public override bool Detects => false;

    /// <inheritdoc />
    public override bool FailsOver => true;

    /// <inheritdoc />
    public override TimeSpan TrialTakes => TimeSpan.FromSeconds(6);

    /// <inheritdoc />
    public override IReadOnlyList<int> ProcessIds => [.. agents.Select(a => a.ProcessId).OfType<int>()];

    /// <summary>Its false alarms are changes of the leader that nothing asked for: each is a new term.</summary>
    public override async Task<int> DeclarationsAsync(CancellationToken stop)
    {
        await LeaderAsync(stop);
        return lastTerm;
    }

    /// <inheritdoc />
    public override async Task StartAsync(CancellationToken stop)
    {
        Directory.CreateDirectory(home);
        for (var number = 1; number <= NodeCount; number++)
        {
            agents.Add(new Agent(bed, number, "etcd", ArgumentsOf(number), _ => { }));
            agents[^1].Start();
        }

        await LeaderAsync(stop);
    }

    /// <inheritdoc />
    public override async Task<TimeSpan?> FailOverAsync(Kill kill, Prng prng, CancellationToken stop)
    {
        var leader = await LeaderAsync(stop);
        var others = agents.Where(a => a != leader).ToList();
        var survivor = others[(int)prng.Below(others.Count)];
        var endedAt = Stopwatch.GetTimestamp();
        await leader.EndAsync(kill);
        TimeSpan? took = null;
        while (took is null && Stopwatch.GetElapsedTime(endedAt) < WrittenWithin)
        {
            if (await AskAsync(survivor.Number, "kv/put", new { key = "aw==", value = "dg==" }, stop) is not null)
            {
                took = Stopwatch.GetElapsedTime(endedAt);
            }
        }

        await leader.ReturnAsync();
        await LeaderAsync(stop);
        return took;
    }

    /// <inheritdoc />
    public override ValueTask DisposeAsync()
    {
        agents.ForEach(a => a.Dispose());
        client.Dispose();
        return ValueTask.CompletedTask;
    }

    private static string Url(int number, int port) => $"http://[{BedMap.EidOf(number, 0)}]:{port}";

    private string[] ArgumentsOf(int number) =>
        [
            $"--name={BedMap.NameOf(number)}",
            $"--data-dir={Path.Combine(home, BedMap.NameOf(number))}",
            $"--listen-peer-urls={Url(number, 2380)}",
            $"--initial-advertise-peer-urls={Url(number, 2380)}",
            $"--listen-client-urls={Url(number, 2379)}",
            $"--advertise-client-urls={Url(number, 2379)}",
            "--initial-cluster="
                + string.Join(',', Enumerable.Range(1, NodeCount).Select(n => $"{BedMap.NameOf(n)}={Url(n, 2380)}")),
            "--initial-cluster-state=new",
            .. isTuned ? ["--heartbeat-interval=30", "--election-timeout=150"] : Array.Empty<string>(),
        ];

    // All members answer and name the same leader, which is one of them.
    private async Task<Agent> LeaderAsync(CancellationToken stop)
    {
        Agent? leader = null;
        await UntilAsync(
            "etcd whole",
            StartWithin,
            async () =>
            {
                if (agents.Find(a => a.ProcessId is null) is { } ended)
                {
                    throw new BedFailedException($"etcd on n{ended.Number:00} has ended by itself:\n{ended.Tail}");
                }

                var all = await Task.WhenAll(
                    agents.Select(async a =>
                        (Agent: a, Status: await AskAsync(a.Number, "maintenance/status", new { }, stop))
                    )
                );
                var named = all.Select(s => s.Status?.GetProperty("leader").GetString()).ToHashSet();
                leader =
                    named is { Count: 1 } && named.Single() is { } id
                        ? Array
                            .Find(all, s => s.Status?.GetProperty("header").GetProperty("member_id").GetString() == id)
                            .Agent
                        : null;
                lastTerm =
                    all[0].Status is { } status && status.TryGetProperty("raftTerm", out var term)
                        ? int.Parse(term.GetString()!, System.Globalization.CultureInfo.InvariantCulture)
                        : lastTerm;
                return leader is not null;
            },
            stop
        );
        return leader!;
    }

    // Null: refused, or no answer in time.
    private async Task<JsonElement?> AskAsync(int number, string what, object question, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(PutWithin);
        try
        {
            using var reply = await client.PostAsJsonAsync($"{Url(number, 2379)}/v3/{what}", question, limit.Token);
            return reply.IsSuccessStatusCode ? await reply.Content.ReadFromJsonAsync<JsonElement>(limit.Token) : null;
        }
        catch (Exception e)
            when (e is HttpRequestException or OperationCanceledException && !stop.IsCancellationRequested)
        {
            return null;
        }
    }
}
