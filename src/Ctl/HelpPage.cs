using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace ClusterRas.Ctl;

/// <summary>Help of a command: what it takes, then lines to copy.</summary>
internal sealed class HelpPage : SynchronousCommandLineAction
{
    private readonly HelpAction inner;

    public HelpPage(HelpAction inner)
    {
        this.inner = inner;
        // The same page on each terminal and in each pipe.
        inner.MaxWidth = 100;
    }

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        inner.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        var (examples, notes) = Of(FullName(parseResult.CommandResult.Command));
        output.WriteLine("Examples:");
        foreach (var (line, says) in examples)
        {
            output.WriteLine($"  {line, -52}  {says}");
        }

        if (notes.Length > 0)
        {
            output.WriteLine();
            output.WriteLine(notes);
        }

        return ExitCode.Done;
    }

    /// <summary>As it is typed: <c>rasctl events list</c>.</summary>
    public static string FullName(Command command)
    {
        var parent = command.Parents.OfType<Command>().FirstOrDefault();
        return parent is null ? "rasctl" : $"{FullName(parent)} {command.Name}";
    }

    private static ((string Line, string Says)[] Examples, string Notes) Of(string command) =>
        command switch
        {
            "rasctl status" => (
                [
                    ("rasctl status", "master, members, health"),
                    ("rasctl status --node n03 --links", "as n03 itself sees it, with its links"),
                    ("rasctl status --json | jq -r .master", "the master's name, for scripts"),
                ],
                ""
            ),
            "rasctl events list" => (
                [
                    ("rasctl events list --open", "who is dying or dead right now"),
                    ("rasctl events list --victim n05 --count 3", "the last three incidents of n05"),
                    ("rasctl --node n07 events list --json", "what n07 has in its own ledger"),
                ],
                "Newest first. The id is what \"events show\" and \"events close\" take."
            ),
            "rasctl events show" => (
                [("rasctl events show 17", "everything that is known of incident 17")],
                "Times of one word are told as ages and as what was left of the window: nodes have no common clock."
            ),
            "rasctl events watch" => (
                [
                    ("rasctl events watch", "a line for each change, until Ctrl-C"),
                    ("rasctl events watch --json | jq -c .incident", "changed incidents as JSON lines"),
                ],
                "When the asked node dies, another one is asked; with --node or --address the watch ends."
            ),
            "rasctl events close" => (
                [("rasctl events close 17 --by alice", "incident 17 is dealt with, says alice")],
                "An incident closes by itself when its node comes back; this is for nodes that never do."
            ),
            "rasctl transfer" => (
                [
                    ("rasctl transfer --to n03 --why \"new memory\"", "n03 is master; whoever was can be stopped"),
                    ("rasctl transfer", "whichever voter is caught up"),
                ],
                "A rasd that is stopped (SIGTERM) does this by itself."
            ),
            "rasctl drain" => (
                [
                    ("rasctl drain n03 --why \"new memory\"", "n03 has no duty any more and can be stopped"),
                    ("rasctl drain n03 --off", "it stays: it may have a seat again"),
                ],
                """
                It still reports, and is heard. Once its machine has booted anew the drain is over by itself; after a
                mere restart of rasd it takes --off.
                Refused where the group could not spare it; drain before the machine is touched, one node at a time.
                """
            ),
            "rasctl recover" => (
                [
                    ("rasctl recover --lost n01,n02,n04", "shows who would go on and what may be lost"),
                    (
                        "rasctl recover --lost n01,n02,n04 --survivors n03,n05 --i-have-fenced --confirm WORD",
                        "does what was shown"
                    ),
                ],
                """
                Only when a majority of the control group is gone FOR EVER: a node that merely sleeps heals by itself.
                Entries that only the lost disks have are lost, acked ones too. If a lost node starts with its old
                disk where the others cannot reach it, there are two masters: that is what --i-have-fenced swears.
                """
            ),
            "rasctl audit" => (
                [
                    ("rasctl audit", "transfers and closed incidents, with who did it and why"),
                    ("rasctl audit --json | jq -c '.acts[]'", "one a line"),
                ],
                "SAID AT is the wall clock of the node where it was said; the order is that of ENTRY."
            ),
            _ when command.StartsWith("rasctl config", StringComparison.Ordinal) => OfConfig(command),
            _ when command.StartsWith("rasctl topology", StringComparison.Ordinal) => OfTopology(command),
            _ when command.StartsWith("rasctl drill", StringComparison.Ordinal) => (
                [
                    ("rasctl drill panic n05 --window-ms 35000", "a panic of n05, said at the asked node"),
                    ("rasctl drill reboot n05 --node n02 --text test", "the same door at n02, with a text"),
                ],
                "A drill is carried like a real event: it is committed, HANDLERS ARE STARTED, and it is called a drill."
            ),
            _ => (
                [
                    ("rasctl status", "who is master, who is up"),
                    ("rasctl events list --open", "incidents that are not over"),
                    ("rasctl events watch", "what changes, as it happens"),
                    ("rasctl --node n03 status", "what n03 by itself knows"),
                    ("rasctl topology check map.json", "what is wrong with a map"),
                    ("rasctl drill panic n05 --window-ms 35000", "try it out"),
                ],
                """
                Exit codes:
                  0  done
                  1  the cluster says no, has no such thing, or nobody answers; a map has problems, or differs
                  2  the command line is wrong, or the topology file that it needs
                """
            ),
        };

    private static ((string Line, string Says)[] Examples, string Notes) OfConfig(string command) =>
        command switch
        {
            "rasctl config check" => (
                [
                    ("rasctl config check map.json rasd.json", "the map, a node's file, and the two together"),
                    ("rasctl config check rasd.json --json", "for scripts"),
                ],
                "Exit codes: 0 clean (notes do not count), 1 problems, 2 unusable: nothing could be checked."
            ),
            "rasctl config explain" => (
                [
                    ("rasctl config explain", "every option with its default and range"),
                    ("rasctl config explain election_min_ms", "what it must fit, and what goes wrong"),
                ],
                ""
            ),
            "rasctl config schema" => (
                [("rasctl config schema topology > topology.schema.json", "what \"$schema\" of a map may name")],
                ""
            ),
            "rasctl config sentryctl" => (
                [
                    ("rasctl config sentryctl n01.sh", "each line: sysSentry's verdict and ours"),
                    ("rasctl config sentryctl \"sentryctl set ...\"", "one line"),
                    ("rasctl config sentryctl n01.sh --strict-compat", "sysSentry's verdict is the exit code"),
                ],
                "Exit codes: 0 every line is taken, 1 not, 2 there is none."
            ),
            _ => (
                [
                    ("rasctl config check map.json rasd.json", "every mistake at once"),
                    ("rasctl config explain", "every option with its default and range"),
                    ("rasctl config sentryctl n01.sh", "sysSentry's verdict over its lines, and ours"),
                ],
                ""
            ),
        };

    private static ((string Line, string Says)[] Examples, string Notes) OfTopology(string command) =>
        command switch
        {
            "rasctl topology check" => (
                [
                    ("rasctl topology check map.json", "every mistake of a map at once"),
                    ("rasctl topology check n*.sh", "the sentryctl lines of all nodes, as one cluster"),
                    ("rasctl topology check map.json --limit 32", "more than 16 nodes"),
                    ("rasctl topology check map.json --json | jq .problems", "for scripts"),
                ],
                "Exit codes: 0 clean (notes do not count), 1 problems, 2 unusable: nothing could be checked."
            ),
            "rasctl topology import" => (
                [
                    ("rasctl topology import n*.sh -o map.json", "a file for each node: n01.sh is of n01"),
                    ("rasctl topology import all.sh --cluster lab", "one script with all, to standard output"),
                    ("rasctl topology import --root copies/", "copies of /proc/sentry_*, a folder for each node"),
                    ("rasctl topology import --server-eid 'A,B;C,D'", "one node's lists alone"),
                ],
                "Lines are of the node that ssh, a prompt, a comment \"# node NAME\" or the file's name says."
            ),
            "rasctl topology export" => (
                [
                    ("rasctl topology export map.json --node n03", "the sentryctl lines of n03"),
                    ("rasctl topology export map.json --output-dir .", "a file for each node"),
                ],
                ""
            ),
            "rasctl topology get" => (
                [("rasctl topology get -o map.json", "what is in force: change it, and apply it")],
                ""
            ),
            "rasctl topology apply" => (
                [
                    ("rasctl topology apply new.json --dry-run", "what would change for whom"),
                    ("rasctl topology apply new.json --by anna --why \"rack r3\"", "the cluster takes it over, live"),
                    ("rasctl topology apply new.json --onto 8ce1ed40f363", "only onto the map that was looked at"),
                ],
                """
                A refused map changes nothing. Seats of nodes that leave move by themselves, one at a time.
                Exit codes: 0 in force, 1 the cluster says no, or nobody answers, 2 the file is wrong; nobody was asked.
                """
            ),
            "rasctl topology plan" => (
                [
                    ("rasctl topology plan nodes.txt -o map.json", "the whole file of a short inventory"),
                    ("rasctl topology plan nodes.txt --grpc '{name}:7400'", "gRPC by names in place of eids"),
                ],
                """
                An inventory:
                  cluster=lab jetty=100
                  n01 fd00::1 fd00:1::1 1 rack=r1 switch=a1,b1     # name, eid of each DIE, CNA, places
                """
            ),
            "rasctl topology diff" => (
                [("rasctl topology diff old.json new.json", "what changes, and which links go down")],
                "Exit codes: 0 the maps say the same, 1 they do not, 2 one of them is wrong."
            ),
            "rasctl topology show" => (
                [
                    ("rasctl topology show map.json", "as tables"),
                    ("rasctl topology show map.json --svg map.svg", "as a picture"),
                ],
                ""
            ),
            "rasctl topology probe" => (
                [
                    ("rasctl topology probe", "the cluster against the usual topology file"),
                    ("rasctl topology probe new.json", "against a file that is not in force yet"),
                ],
                "Exit codes: 0 as planned, 1 not."
            ),
            _ => (
                [
                    ("rasctl topology import n*.sh -o map.json", "a map of what sysSentry was told"),
                    ("rasctl topology check map.json", "what is wrong with it"),
                    ("rasctl topology show map.json", "who is linked with whom"),
                    ("rasctl topology probe map.json", "what of it is really up"),
                ],
                ""
            ),
        };
}
