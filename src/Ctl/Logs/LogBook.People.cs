namespace ClusterRas.Ctl.Logs;

/// <summary>The names about people: how they are told, and what they ask for.</summary>
internal static partial class LogBook
{
    private static IReadOnlyList<LogName> Told =>
        [
            new(
                "notice.recorded",
                "Notices",
                "What became of one notice of an incident: sent, muted by an operator, or inhibited by a graver incident of the same node.",
                ""
            ),
            new(
                "notice.failed",
                "Notices",
                "A channel was not told of an incident: it was given up (failed), or who had started it died meanwhile and a program is not started twice (unknown).",
                "The line says why; rasctl events show ID has all channels. Is the receiver there? Tell people by other means."
            ),
            new(
                "notice.retried",
                "Notices",
                "A webhook has not taken a notice; it is told again, with longer and longer pauses.",
                "If it goes on: is the address of the channel right, and its receiver up?"
            ),
            new(
                "notice.no-channel",
                "Notices",
                "An incident is to be told to a channel that the master does not have in its file, so nobody is told.",
                "The same --notifications file on every node that can be master."
            ),
            new("notice.channel", "Notices", "A channel is declared in the log: it is told of what comes after.", ""),
        ];

    private static IReadOnlyList<LogName> Asked =>
        [
            new("operator.transfer", "Operators", "An operator had another node made master.", "rasctl audit."),
            new(
                "operator.drain",
                "Operators",
                "An operator has a node give up its seat before somebody stops it, or has taken that back.",
                "rasctl audit. Until the seat is taken the node shall not be stopped: rasctl status."
            ),
            new(
                "operator.mute",
                "Operators",
                "An operator wants no notices of some incidents until a given time, for example while he works on a node.",
                "rasctl mute list; rasctl mute end ID takes it back."
            ),
            new(
                "operator.unmute",
                "Operators",
                "A mute was ended before its time: people are told again.",
                "rasctl audit."
            ),
            new(
                "operator.recover",
                "Operators",
                "An operator had the cluster go on from one node after a majority was lost for ever. What only the lost ones had is gone.",
                "rasctl audit, and docs/adr/0012-recovery.md."
            ),
        ];
}
