using System.Globalization;
using System.Text.RegularExpressions;

namespace ClusterRas.PeersBench;

/// <summary>HashiCorp's serf: gossip membership (SWIM). One address for each agent: rail 0.</summary>
internal sealed partial class Serf(NamespaceBed bed, string home, bool isTuned) : Gossip(bed, home)
{
    /// <inheritdoc />
    public override string Name => "serf";

    /// <inheritdoc />
    public override string Settings => isTuned ? "-profile=local" : "defaults (-profile=lan)";

    /// <inheritdoc />
    public override TimeSpan TrialTakes => TimeSpan.FromSeconds(isTuned ? 9 : 11);

    /// <inheritdoc />
    protected override TimeSpan KnownWithin => TimeSpan.FromSeconds(60);

    /// <inheritdoc />
    protected override (string File, IReadOnlyList<string> Arguments) CommandOf(int number) =>
        (
            "serf",
            [
                "agent",
                $"-node={BedMap.NameOf(number)}",
                $"-bind={Address(number)}",
                "-rpc-addr=127.0.0.1:7373",
                $"-profile={(isTuned ? "local" : "lan")}",
                "-log-level=info",
                .. Enumerable.Range(1, 3).Where(n => n != number).Select(n => $"-retry-join={Address(n)}"),
                "-retry-interval=1s",
            ]
        );

    /// <inheritdoc />
    protected override void Read(int observer, string line)
    {
        if (Event().Match(line) is { Success: true } found)
        {
            var subject = int.Parse(found.Groups[2].Value, CultureInfo.InvariantCulture);
            Sightings.Set(observer, subject, found.Groups[1].Value == "Failed");
        }
    }

    private static string Address(int number) => $"[{BedMap.EidOf(number, 0)}]:7946";

    [GeneratedRegex(@"serf: EventMember(Join|Failed): n(\d\d)\b")]
    private static partial Regex Event();
}
