using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Threading.Channels;

namespace ClusterRas.Daemon.Tests;

/// <summary>The console's door of real daemons: the port of the links, for whoever does not speak HTTP/2.</summary>
public sealed class ConsoleTests : IDisposable
{
    private readonly RealCluster cluster = new(nodeCount: 3, dieCount: 2);
    private readonly HttpClient http = new() { Timeout = RealCluster.Patience };
    private readonly CancellationTokenSource ending = new();

    [Fact]
    public async Task Panic_ComesDownTheStreamOfEveryNode_WithoutAsking()
    {
        await cluster.StartAsync();
        var streams = cluster.Nodes.Take(2).Select(node => Listen(node)).ToList();
        foreach (var stream in streams)
        {
            (await NextAsync(stream, "topology")).GetProperty("nodes").GetArrayLength().ShouldBe(3);
        }

        cluster[3].Kill();
        await cluster.AckedAsync(cluster[1].Kernel.Tell(RealCluster.Panic(3)));

        foreach (var stream in streams)
        {
            var told = await NextAsync(stream, "incident", incident => incident.GetProperty("acked").GetInt32() == 1);
            told.GetProperty("victim").GetString().ShouldBe("n3");
            told.GetProperty("kind").GetString().ShouldBe("panic");
        }

        var id = (await cluster[2].IncidentsAsync())!.Single().Id;
        var whole = await http.GetFromJsonAsync<JsonElement>(Address(cluster[2], $"api/incidents/{id}"));
        whole
            .GetProperty("story")
            .EnumerateArray()
            .Select(step => step.GetProperty("what").GetString())
            .ShouldContain("ack");
    }

    [Fact]
    public async Task Stream_ResumedByItsId_IsNotToldAgainWhatItHasSeen()
    {
        await cluster.StartAsync();
        string? last = null;
        await foreach (var (name, id, _) in EventsAsync(cluster[1], null, ending.Token))
        {
            last = id ?? last;
            if (name == "age")
            {
                break;
            }
        }

        var names = new List<string>();
        await foreach (var (name, _, _) in EventsAsync(cluster[1], last, ending.Token))
        {
            names.Add(name);
            if (name == "age")
            {
                break;
            }
        }

        last.ShouldNotBeNull();
        names.ShouldNotContain("reset");
        names.ShouldNotContain("topology");
    }

    [Fact]
    public async Task Names_ThatAreNotTheMaps_AreSentAway_AndOnlyConsolesMayAskFromElsewhere()
    {
        await cluster.StartAsync();
        using var strange = new HttpRequestMessage(HttpMethod.Get, Address(cluster[1], "api/overview"));
        strange.Headers.Host = "evil.example";
        (await http.SendAsync(strange)).StatusCode.ShouldBe(HttpStatusCode.MisdirectedRequest);

        using var friend = new HttpRequestMessage(HttpMethod.Get, Address(cluster[1], "api/overview"));
        friend.Headers.Add("Origin", $"http://{cluster[2].Node.Dies[0].Grpc}");
        (await http.SendAsync(friend)).Headers.Contains("Access-Control-Allow-Origin").ShouldBeTrue();

        using var foe = new HttpRequestMessage(HttpMethod.Get, Address(cluster[1], "api/overview"));
        foe.Headers.Add("Origin", "http://127.0.0.1:1");
        (await http.SendAsync(foe)).Headers.Contains("Access-Control-Allow-Origin").ShouldBeFalse();
        (await http.GetAsync(Address(cluster[1], "api/incidents/99"))).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task ConnectionsThatSayNothing_KeepNobodyOut()
    {
        await cluster.StartAsync();
        var idle = new List<System.Net.Sockets.TcpClient>();
        var door = cluster[1].Node.Dies[0].Grpc;
        for (var at = 0; at < 100; at++)
        {
            var client = new System.Net.Sockets.TcpClient();
            await client.ConnectAsync(door.Host, door.Port);
            idle.Add(client);
        }

        (await http.GetFromJsonAsync<JsonElement>(Address(cluster[1], "api/overview")))
            .GetProperty("node")
            .GetString()
            .ShouldBe("n1");
        await cluster.MasterAsync();
        idle.ForEach(client => client.Dispose());
    }

    public void Dispose()
    {
        ending.Cancel();
        ending.Dispose();
        http.Dispose();
        cluster.Dispose();
    }

    private static Uri Address(RealNode node, string path) => new($"http://{node.Node.Dies[0].Grpc}/{path}");

    private static async Task<JsonElement> NextAsync(
        ChannelReader<(string Name, JsonElement Value)> stream,
        string name,
        Func<JsonElement, bool>? isWanted = null
    )
    {
        using var late = new CancellationTokenSource(RealCluster.Patience);
        await foreach (var (told, value) in stream.ReadAllAsync(late.Token))
        {
            if (told == name && isWanted?.Invoke(value) != false)
            {
                return value;
            }
        }

        throw new TimeoutException($"the stream ended without {name}");
    }

    private ChannelReader<(string Name, JsonElement Value)> Listen(RealNode node)
    {
        var events = Channel.CreateUnbounded<(string, JsonElement)>();
        _ = Task.Run(async () =>
        {
            try
            {
                await foreach (var (name, _, data) in EventsAsync(node, null, ending.Token))
                {
                    events.Writer.TryWrite((name, JsonDocument.Parse(data).RootElement));
                }

                events.Writer.TryComplete();
            }
            catch (Exception error)
            {
                events.Writer.TryComplete(error);
            }
        });
        return events.Reader;
    }

    private async IAsyncEnumerable<(string Name, string? Id, string Data)> EventsAsync(
        RealNode node,
        string? last,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken stop
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Address(node, "api/stream"));
        if (last is not null)
        {
            request.Headers.Add("Last-Event-ID", last);
        }

        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
        answer.EnsureSuccessStatusCode();
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(stop));
        var (name, id) = ("message", (string?)null);
        while (await reader.ReadLineAsync(stop) is { } line)
        {
            if (line.StartsWith("event: ", StringComparison.Ordinal))
            {
                name = line[7..];
            }
            else if (line.StartsWith("id: ", StringComparison.Ordinal))
            {
                id = line[4..];
            }
            else if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                yield return (name, id, line[6..]);
                (name, id) = ("message", null);
            }
        }
    }
}
