using System.Diagnostics;
using System.Text.Json;

namespace ClusterRas.Integration;

/// <summary>The files of compose/ start what they say, as a user starts them.</summary>
public abstract class ComposeTests(string word, int nodeCount)
{
    // Sixteen runtimes that start at once on a busy machine take their time; nothing is promised for that.
    private static readonly TimeSpan UpWithin = TimeSpan.FromSeconds(240);

    [Fact]
    public async Task File_StartsOneCluster_WhichRecordsADrillOnceEverywhere()
    {
        var file = Path.Combine(Stand.Compose, $"{word}-nodes.yml");
        var started = Stopwatch.GetTimestamp();
        await ComposeAsync(file, word, "up", "-d");
        try
        {
            await UntilAsync(
                "all up",
                async () =>
                    await RasctlAsync(file, word, 1, "status") is { } status
                    && status.GetProperty("master").ValueKind == JsonValueKind.String
                    && status
                        .GetProperty("members")
                        .EnumerateArray()
                        .Count(m => m.GetProperty("health").ValueEquals("up")) == nodeCount
            );
            Console.WriteLine(
                $"{nodeCount} nodes up {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s after docker-compose began"
            );
            var drill = (
                await RasctlAsync(file, word, 2, "drill", "panic", BedMap.NameOf(nodeCount))
            ).ShouldNotBeNull();
            for (var number = 1; number <= nodeCount; number++)
            {
                // Followers get a committed entry with the next beat.
                await UntilAsync(
                    $"the drill in the ledger of {BedMap.NameOf(number)}, and nothing else",
                    async () =>
                        await RasctlAsync(file, word, number, "events", "list") is { } events
                        && events
                            .GetProperty("incidents")
                            .EnumerateArray()
                            .Select(i => i.GetProperty("id").GetUInt64())
                            .ToList()
                            is [var only]
                        && only == drill.GetProperty("incident").GetUInt64()
                );
            }
        }
        finally
        {
            await ComposeAsync(file, word, "down", "--volumes", "--timeout", "5");
        }
    }

    private static Task<string> ComposeAsync(string file, string project, params string[] words) =>
        Outside.RunAsync("docker-compose", ["-f", file, "-p", project, .. words]);

    private static async Task<JsonElement?> RasctlAsync(
        string file,
        string project,
        int number,
        params string[] question
    )
    {
        var name = BedMap.NameOf(number);
        try
        {
            string[] words = ["exec", $"{project}_{name}_1", "rasctl", "--node", name, "--json", .. question];
            return JsonDocument.Parse(await Outside.RunAsync("docker", words)).RootElement;
        }
        catch (InvalidOperationException)
        {
            // It has not opened its door yet.
            return null;
        }
    }

    private static async Task UntilAsync(string what, Func<Task<bool>> probe)
    {
        var start = Stopwatch.GetTimestamp();
        while (!await probe())
        {
            if (Stopwatch.GetElapsedTime(start) > UpWithin)
            {
                throw new TimeoutException($"{what}: not within {UpWithin.TotalSeconds:0} s");
            }

            await Task.Delay(100);
        }
    }
}
