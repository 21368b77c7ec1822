using System.Globalization;

namespace ClusterRas.Daemon.Tests;

/// <summary>SIGKILL of the master right after it got a word, again and again.</summary>
public sealed class KilledMasterTests : IDisposable
{
    private const int Rounds = 3;
    private const int RoundsSlow = 100;
    private const int FirstTag = 100;

    /// <summary>n4 has died for good: every record speaks for another, unknown life of it, so each is an event of its own.</summary>
    private const int Victim = 4;

    /// <summary>It has the word; it knows it committed; it lets the answer go.</summary>
    private static readonly string[] Moments = ["word.received: Panic", "incident.opened", "answer.sent"];

    private readonly RealCluster cluster = new(nodeCount: 4, control: 3);

    [Fact]
    public Task Master_KilledWithAnUnackedReport_LosesAndDoublesNothing() =>
        KillAsync(Environment.GetEnvironmentVariable("CLUSTERRAS_SLOW") == "1" ? RoundsSlow : Rounds);

    public void Dispose() => cluster.Dispose();

    private async Task KillAsync(int rounds)
    {
        RealNode[] control = [cluster[1], cluster[2], cluster[3]];
        await cluster.StartAsync(control);
        var unacked = 0;
        for (var round = 0; round < rounds; round++)
        {
            var master = await cluster.MasterAsync();

            // By turns the master's own kernel says it, and another node's.
            var witness = round % 2 == 0 ? master : control.First(node => node != master);
            Telling? telling = null;
            await master.KillAtAsync(
                Moments[round / 2 % Moments.Length],
                () => telling = witness.Kernel.Tell(RealCluster.Panic(Victim, (ulong)(60_000 + FirstTag + round)))
            );
            unacked += telling!.IsAcked ? 0 : 1;
            master.Start();
            await cluster.AckedAsync(telling);
        }

        await cluster.MasterAsync();
        var incidents = await cluster.SameOnAllAsync(
            "every event and its ending",
            list => list.Count >= rounds && list.All(incident => incident.ReleaseCount > 0)
        );
        incidents.ShouldAllBe(incident => incident.Kind == EventKind.Panic && incident.VictimNodeName == "n4");
        incidents.Select(incident => (int)incident.Life.Tag).Order().ShouldBe(Enumerable.Range(FirstTag, rounds));
        foreach (var node in control)
        {
            (await node.StopAsync()).ShouldBe(0, node.Name);
        }

        StoredLog.ShouldAgree(control, incidents[^1].Id);
        TestContext.Current.TestOutputHelper?.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"{rounds} masters killed, {unacked} before the ack")
        );
    }
}
