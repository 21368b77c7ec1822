using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace ClusterRas.PeersBench;

/// <summary>Corosync: virtual synchrony (Totem), two links for each node by kronosnet.</summary>
internal sealed partial class Corosync(NamespaceBed bed, string home, bool isTuned) : Gossip(bed, home)
{
    /// <inheritdoc />
    public override string Name => "corosync";

    /// <inheritdoc />
    public override string Settings => isTuned ? "token 1000, token_coefficient 0" : "defaults";

    /// <inheritdoc />
    public override TimeSpan TrialTakes => TimeSpan.FromSeconds(isTuned ? 10 : 60);

    /// <inheritdoc />
    public override int TrialsMax => isTuned ? int.MaxValue : 10;

    /// <inheritdoc />
    protected override TimeSpan KnownWithin => TimeSpan.FromSeconds(120);

    /// <inheritdoc />
    protected override (string File, IReadOnlyList<string> Arguments) CommandOf(int number)
    {
        var path = Path.Combine(Home, "corosync.conf");
        if (!File.Exists(path))
        {
            File.WriteAllText(path, Configuration());
        }

        // It wants folders of the machine that are one for each node here, in a mount namespace of the process's own.
        const string script =
            "mount -t tmpfs none /run && mount -t tmpfs none /var/lib && mkdir -p /var/lib/corosync && exec corosync -f -c \"$1\"";
        return ("unshare", ["--mount", "sh", "-c", script, "sh", path]);
    }

    /// <inheritdoc />
    protected override void Read(int observer, string line)
    {
        if (Membership().Match(line) is { Success: true } found)
        {
            foreach (var (group, isGone) in new[] { ("joined", false), ("left", true) })
            {
                foreach (var word in found.Groups[group].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                {
                    Sightings.Set(observer, int.Parse(word, CultureInfo.InvariantCulture), isGone);
                }
            }
        }
    }

    private string Configuration()
    {
        var text = new StringBuilder(
            "totem {\n  version: 2\n  cluster_name: peers\n  transport: knet\n  ip_version: ipv6\n"
        );
        text.Append("  crypto_cipher: none\n  crypto_hash: none\n");
        text.Append(isTuned ? "  token: 1000\n  token_coefficient: 0\n}\n" : "}\n");
        text.Append("quorum {\n  provider: corosync_votequorum\n}\n");
        text.Append("logging {\n  to_stderr: yes\n  to_syslog: no\n  to_logfile: no\n}\nnodelist {\n");
        for (var number = 1; number <= NodeCount; number++)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"  node {{\n    nodeid: {number}\n    name: {BedMap.NameOf(number)}\n"
            );
            for (var die = 0; die < BedMap.DieCount; die++)
            {
                text.Append(CultureInfo.InvariantCulture, $"    ring{die}_addr: {BedMap.EidOf(number, die)}\n");
            }

            text.Append("  }\n");
        }

        return text.Append("}\n").ToString();
    }

    [GeneratedRegex(
        @"A new membership \S+ was formed\. Members(?: joined:(?<joined>[ \d]+))?(?: left:(?<left>[ \d]+))?"
    )]
    private static partial Regex Membership();
}
