namespace ClusterRas.Ctl.Logs;

/// <summary>One name of rasd's log.</summary>
/// <param name="Name">As it stands in the line, before the colon.</param>
/// <param name="Group">What it belongs to.</param>
/// <param name="Meaning">What has happened.</param>
/// <param name="Action">What to look at; empty: nothing has to be done.</param>
internal sealed record LogName(string Name, string Group, string Meaning, string Action);

/// <summary>Every name that rasd writes to its log: stable, so that filters and alerts can hold on to them.</summary>
internal static partial class LogBook
{
    public static IReadOnlyList<LogName> All { get; } =
    [
        new("link.up", "Links", "A link to a peer over one DIE carries frames.", ""),
        new(
            "link.down",
            "Links",
            "A link has no connection any more; the line says how it was lost. Other links and relays are used meanwhile.",
            "If it stays down: rasctl topology probe, then cable, switch and firewall of that DIE."
        ),
        new(
            "link.suspect",
            "Links",
            "A frame was not acknowledged in time. The link is not given up: another road is used and a second connection is dialled beside it.",
            "Often on one link: look for loss on that DIE (console, page Links)."
        ),
        new("link.sound", "Links", "A link that was suspect acknowledges again.", ""),
        new(
            "link.attempt",
            "Links",
            "A connection could not be made; it is tried again.",
            "Is rasd running there? Does the address in the map lead there? rasctl topology probe tells."
        ),
        new(
            "urma.port.open",
            "Links",
            "A jetty of this node is open on one DIE, through the library that the line names.",
            ""
        ),
        new(
            "urma.port.none",
            "Links",
            "URMA cannot be used on a DIE. Other wires carry its links, and it is looked for again.",
            "Is liburma installed, and does the eid of the map belong to a device of this machine? Without the hardware: leave --wires at grpc."
        ),
        new(
            "urma.port.lost",
            "Links",
            "The device of a DIE has gone. Other wires carry its links.",
            "The kernel's log tells what became of the device."
        ),
        new("urma.session.open", "Links", "Both ends of a link have agreed on a session over URMA.", ""),
        new("urma.session.end", "Links", "A session over URMA has ended; the line says why.", ""),
        new(
            "urma.attempt.failed",
            "Links",
            "No session over URMA came about; it is tried again.",
            "Does the peer run with --wires urma,grpc, with the same jetty? rasctl status --links tells which wire carries the link."
        ),
        new("urma.link.closing", "Links", "A link over URMA is closed at this end.", ""),
        new(
            "urma.stranger",
            "Links",
            "Something came to a jetty that is neither of a peer nor of a stock kernel. It changed nothing but a counter.",
            "Who else uses that jetty? The line has its eid."
        ),
        new("uvb.port.open", "Links", "This node's UVB windows are open through a library; simulated.", ""),
        new(
            "uvb.port.none",
            "Links",
            "UVB cannot be used. Other wires carry its links, and it is looked for again.",
            "No UVB for programs exists outside tests: leave it out of --wires."
        ),
        new("uvb.session.open", "Links", "Both ends of a link have agreed on a session over UVB.", ""),
        new("uvb.session.end", "Links", "A session over UVB has ended; the line says why.", ""),
        new("uvb.attempt.failed", "Links", "No session over UVB came about; it is tried again.", ""),
        new("uvb.link.closing", "Links", "A link over UVB is closed at this end.", ""),
        new("uvb.stranger", "Links", "Somebody called who is no peer of the map, or not rasd. It changed nothing.", ""),
        new(
            "wire.brought",
            "Links",
            "A report came here from a peer; of the wires that carry copies of it, this one brought it first.",
            ""
        ),
        new("connection.open", "Links", "One connection of a link is open; a link may have two for a moment.", ""),
        new("connection.end", "Links", "One connection of a link has ended.", ""),
        new(
            "stream.refused",
            "Links",
            "Somebody opened a stream to this node and was sent away before a word of it counted.",
            "If it is a node of the cluster: does it run with another map, or another cluster's?"
        ),
        new(
            "peer.refused",
            "Links",
            "A node said hello and is not let in: another cluster, a map that is not known, or a life that is over.",
            "The reason says what differs: rasctl topology diff, or a wiped disk."
        ),
        new(
            "peer.refuses",
            "Links",
            "A peer does not let this node in. Without peers this node can ack nothing.",
            "As the reason says; most often this node has another map or another cluster's disk."
        ),
        new(
            "frame.dropped",
            "Links",
            "A frame made no sense and was dropped; it changed nothing but a counter.",
            "From one peer again and again: does it run another version of rasd?"
        ),
        new(
            "node.health",
            "Nodes",
            "How another node looks from here: heard on every rail, on some, not at all, or its agent is down.",
            "degraded: a rail is gone. agent down: the machine lives and rasd there does not."
        ),
        new(
            "node.suspected",
            "Nodes",
            "Nothing is heard of a node; others are asked before anybody calls it silent.",
            ""
        ),
        new("node.refuted", "Nodes", "A node that was suspected is heard again.", ""),
        new("node.joined", "Nodes", "A life of a node is in the ledger: the node takes part with this boot.", ""),
        new(
            "loop.starved",
            "Nodes",
            "A heartbeat that this node sends to itself came late, so it is slow and not its peers. Deadlines wait as long.",
            "Is the machine short of processor time or memory? rasd asks for little, but in time."
        ),
        new(
            "loop.paused",
            "Nodes",
            "This process did not run for a while (a frozen machine, a debugger, a snapshot). That time is not charged to others.",
            "Where machines are virtual: is the host overcommitted?"
        ),
        new(
            "master.changed",
            "Master and control group",
            "Who is master, in which term. A term that grows without a death is an election that the network or a disk caused.",
            "Often: look at loop.starved, storage.stalled and the links between voters."
        ),
        new("raft.role", "Master and control group", "This node became follower, candidate or leader.", ""),
        new(
            "decision.stale",
            "Master and control group",
            "A decision was carried out too late to count (this process had stopped) and is made anew.",
            ""
        ),
        new(
            "cluster.waits",
            "Master and control group",
            "This disk belongs to no cluster yet, and a first start needs all control nodes and more than half of the map.",
            "Start rasd on the nodes that it names. If this node has been in a cluster before, it has another disk now: start the others first."
        ),
        new(
            "cluster.founded",
            "Master and control group",
            "The first entry of a new cluster was written here.",
            "Once in a cluster's life. A second time means that disks were wiped."
        ),
        new("cluster.adopted", "Master and control group", "This disk belongs to that cluster from now on.", ""),
        new(
            "group.changing",
            "Master and control group",
            "A seat of the control group is about to be given or taken.",
            ""
        ),
        new(
            "group.changed",
            "Master and control group",
            "The control group has changed; the line has all voters and the cause.",
            ""
        ),
        new(
            "group.waits",
            "Master and control group",
            "A seat should change and cannot yet, since the cluster would lose its majority or nobody is heard.",
            "Until it can, the cluster may lose fewer voters: rasctl status."
        ),
        new(
            "disk.went_back",
            "Master and control group",
            "A node reports less than it had on its disk: a restored image, a disk that lies. Its copies count no more.",
            "Look at that disk before it is trusted again; the node is filled anew by itself."
        ),
        new(
            "word.raised",
            "Words and answers",
            "A word of a death, or of a local event, was taken in on this node. Somebody may wait for the answer within the window.",
            "The page of the incident tells the rest: rasctl events list."
        ),
        new("word.copy", "Words and answers", "The same word again; the first is answered.", ""),
        new("word.received", "Words and answers", "The master was told by a witness.", ""),
        new(
            "word.unknown",
            "Words and answers",
            "A word names an address that is in no node of the map. It is counted, and makes no incident.",
            "Is a node missing in the map? rasctl topology check."
        ),
        new("answer.sent", "Words and answers", "The master's answer has left for a witness.", ""),
        new("release.begun", "Words and answers", "The answer is here, and whoever waits is let go.", ""),
        new(
            "release.done",
            "Words and answers",
            "What became of the answer: acked, late, or nobody waited.",
            "late: the window was over first. See window.over."
        ),
        new(
            "window.over",
            "Words and answers",
            "A window ended without an answer. The dying kernel went on by itself; the word is delivered all the same.",
            "Was there a master, and a majority? Which handler took so long? rasctl events show."
        ),
        new(
            "outbox.shed",
            "Words and answers",
            "Too many words wait for a master, and one was thrown away: the oldest OOM and link events go first.",
            "This node has had no master for long: rasctl status."
        ),
        new(
            "incident.opened",
            "Incidents",
            "The ledger has a new incident, on a majority of disks.",
            "rasctl events show NUMBER, or its page in the console."
        ),
        new("incident.answered", "Incidents", "Handlers have said what they did.", ""),
        new("incident.released", "Incidents", "A witness tells what became of the ack that it was given.", ""),
        new(
            "incident.closed",
            "Incidents",
            "An incident has its end: the node rejoined, took its word back, was contradicted, or an operator closed it.",
            ""
        ),
        new(
            "alarm",
            "Incidents",
            "The master's alarm: a node told that it dies, or fell silent.",
            "rasctl events show NUMBER."
        ),
        new(
            "handler.refused",
            "Incidents",
            "A handler of this node could not be declared yet; it is tried again, and until then nobody waits for it.",
            "Is there a master? Is its name taken by another declaration?"
        ),
        new(
            "grpc.handler-failed",
            "Incidents",
            "A call of this node's gRPC server ended with an error that it should not have. The caller was told; nothing else is touched.",
            "A fault of rasd: keep the line and what came before it."
        ),
        new("map.taken", "The map", "A map is in force on this node.", ""),
        new(
            "map.warning",
            "The map",
            "The map works, with something in it that is worth a look.",
            "rasctl topology check says more."
        ),
        new(
            "map.file_outdated",
            "The map",
            "The file is an earlier map. The node runs with the newer one of its ledger.",
            "rasctl topology get writes the one in force."
        ),
        new(
            "map.file_unknown",
            "The map",
            "The file is no map that the ledger knows; it changes nothing.",
            "To apply it: rasctl topology apply. To be rid of it: rasctl topology get."
        ),
        new(
            "map.removed",
            "The map",
            "This node is not in the map of its ledger; nobody lets it in.",
            "If that is a mistake: rasctl topology apply with a map that has it."
        ),
        new("map.leaving", "The map", "This node is on its way out of the map and votes until its seat is taken.", ""),
        new(
            "map.unreadable",
            "The map",
            "A newer map cannot be read here, and the node stays with the one before.",
            "Bring rasd here to the version of the others."
        ),
        new(
            "storage.stalled",
            "Disk and ledger",
            "The disk takes no writes. Nothing is acked that cannot be stored; reads go on.",
            "df on the folder of --data, dmesg, then the disk itself. rasd goes on by itself."
        ),
        new("storage.resumed", "Disk and ledger", "The disk takes writes again.", ""),
        new("ledger.note", "Disk and ledger", "SQLite has something to say about the ledger.", ""),
        new(
            "ledger.wiped",
            "Disk and ledger",
            "The ledger failed its checks and is treated as wiped; the old files are kept beside it. The node is filled by the others.",
            "Keep the old files until the cause is known: a disk, a file system, a restored image."
        ),
        new(
            "recording.ended",
            "Disk and ledger",
            "The recording could not go on; rasd does.",
            "Is the disk of the recording full?"
        ),
        new(
            "recovery.learned",
            "Operators",
            "This cluster was recovered by an operator, and this node follows the survivor.",
            ""
        ),
        new(
            "recovery.retired",
            "Operators",
            "This node takes part no more: the cluster was recovered without it.",
            "Move its data folder away and start it anew; it is filled by the others."
        ),
        new("rasd.started", "rasd itself", "rasd is up, with its life and the addresses on which it listens.", ""),
        new("rasd.stopped", "rasd itself", "rasd has ended as it was asked to.", ""),
        new(
            "rasd.failed",
            "rasd itself",
            "rasd ends by itself, since to go on would be wrong (a failed fsync, an entry that cannot be).",
            "Keep the line; the supervisor starts it again, and the ledger is checked then."
        ),
        new("rasd.handed_over", "rasd itself", "A master that is stopped has given its office to another first.", ""),
        new(
            "rasd.not_handed_over",
            "rasd itself",
            "A master stops without a successor; the cluster elects one within 2 s.",
            "If it happens always: is there another live voter?"
        ),
        new(
            "rasd.rootless_traces",
            "rasd itself",
            "Traces are exported, and on this .NET the spans of an incident are beside each other in their trace, without a root.",
            "Nothing is lost. A rasd that brings its own runtime has the root."
        ),
        new(
            "log.dropped",
            "rasd itself",
            "So many lines were not written, since whoever reads them is too slow.",
            "Where do the lines of rasd go?"
        ),
        new(
            "log.limited",
            "rasd itself",
            "So many lines of one name came in a short time that the rest of them was only counted. Errors are always written.",
            "The lines before it say what happens so often."
        ),
        new("source.opened", "Kernel device", "Records of the kernel's device are read.", ""),
        new(
            "source.not_opened",
            "Kernel device",
            "The device cannot be read yet; it is tried again.",
            "Is the module loaded (/dev/sentry_reporter_helper or the path of --device)? Is it root that runs rasd?"
        ),
        new(
            "source.gone",
            "Kernel device",
            "The device has gone. Answers to its records are dropped, since its numbers mean nothing any more.",
            ""
        ),
        new(
            "source.second_reader",
            "Kernel device",
            "Another process reads the device, and its driver lets only one.",
            "Most often sysSentry's own service: stop one of the two."
        ),
        new("source.sole_reader", "Kernel device", "The other reader has gone.", ""),
        new(
            "source.fifo_made",
            "Kernel device",
            "The path was not there, and a FIFO was made in place of a device: for tests and for senders of your own.",
            "On a machine with the driver: is the path right?"
        ),
        new(
            "source.ack_path_missing",
            "Kernel device",
            "Answers have nowhere to go.",
            "Where a FIFO stands for the device, its .ack must be there too."
        ),
        new(
            "source.version_unknown",
            "Kernel device",
            "The driver does not say its version; the layout is told by the records themselves.",
            ""
        ),
        new(
            "source.version_differs",
            "Kernel device",
            "The driver speaks another version than this program knows.",
            "If records are refused after this: bring rasd to a version that knows it."
        ),
        new(
            "source.record_refused",
            "Kernel device",
            "Bytes that are no record. They changed nothing.",
            "Who else writes to that path?"
        ),
        new(
            "source.message_refused",
            "Kernel device",
            "A stock kernel's message at the jetty is not taken: it speaks of another eid than its sender's, or its kind is off (--events).",
            "If the kind is wanted: --events. Another eid: is the map right?"
        ),
        new(
            "source.record_lost",
            "Kernel device",
            "The driver lost a record on its way (EFAULT). Other witnesses may have told the same.",
            ""
        ),
        new(
            "source.kind_off",
            "Kernel device",
            "A record's kind is switched off here (--events); it is said once.",
            ""
        ),
        new(
            "source.shared_msgid",
            "Kernel device",
            "Two victims used one number at the driver; acking one would ack the other, so this one is not answered.",
            ""
        ),
        new(
            "source.not_released",
            "Kernel device",
            "The driver did not take the answer; the line has its reason.",
            "no such message: the kernel had gone on before."
        ),
        new(
            "source.failed",
            "Kernel device",
            "Reading failed for a reason that it should not have; it is opened again.",
            "A fault of rasd: keep the line."
        ),
        new("source.stuck", "Kernel device", "Threads of the device did not end in time and are left behind.", ""),
        .. Told,
        .. Asked,
    ];

    public static LogName? Find(string name) => All.FirstOrDefault(one => one.Name == name);
}
