using ClusterRas.Wire.V1;

namespace ClusterRas.Ctl.Tests;

/// <summary>A cluster of three in which n03 has panicked.</summary>
internal static class Samples
{
    public static Status Status(string node, string digest = "")
    {
        var number = uint.Parse(node[1..], System.Globalization.CultureInfo.InvariantCulture) - 1;
        var status = new Status
        {
            Node = number,
            NodeName = node,
            Cluster = "000102030405060708090a0b0c0d0e0f",
            Life = new LifeView { Boot = "5eb00000000000000000000000000001", Tag = 17 },
            Role = Role.Follower,
            Master = new MasterView { Node = 1, Term = 3 },
            CommitIndex = 120,
            Group = new GroupView
            {
                LogIndex = 97,
                Cause = GroupCause.Seated,
                Node = 2,
                Seated = true,
            },
            Storage = StorageCondition.Sound,
            AgeMs = 40,
            TopologyDigest = digest,
            Version = "0.1.0",
        };
        status.Members.Add(Member(0, Health.Up, 17, 3, 4));
        status.Members.Add(Member(1, Health.Degraded, 4, 2, null));
        status.Members.Add(Member(2, Health.AgentDown, 9, 7100, 7100));
        status.Members[2].OpenIncident = 118;
        status.Members[2].Rails[0].Refused = true;
        status.Links.Add(
            new LinkView
            {
                Peer = 1,
                Die = 0,
                Transport = TransportKind.Grpc,
                Condition = LinkCondition.Up,
                RttUs = 180,
            }
        );
        status.Links.Add(
            new LinkView
            {
                Peer = 2,
                Die = 0,
                Transport = TransportKind.Grpc,
                Condition = LinkCondition.Down,
                Reason = "connection refused",
            }
        );
        status.Handlers.Add(
            new HandlerView
            {
                Declaration = new HandlerDeclaration
                {
                    Name = "fence",
                    Kinds = { EventKind.Panic, EventKind.KernelReboot },
                    DeadlineMs = 2000,
                    Required = true,
                },
                ConnectedAtNodes = { 0, 1 },
            }
        );
        return status;
    }

    public static MemberView Member(uint node, Health health, uint tag, ulong? die0Ms, ulong? die1Ms)
    {
        var member = new MemberView
        {
            Node = node,
            NodeName = $"n{node + 1:00}",
            Life = new LifeView { Boot = $"5eb0000000000000000000000000000{node + 1}", Tag = tag },
            Health = health,
            Voter = true,
        };
        foreach (var (die, ago) in new[] { die0Ms, die1Ms }.Index())
        {
            var rail = new RailView { Die = (uint)die };
            if (ago is { } ms)
            {
                rail.HeardAgoMs = ms;
            }

            member.Rails.Add(rail);
        }

        return member;
    }

    /// <summary>n03's panic, just heard by n01.</summary>
    public static Incident Opened() =>
        new()
        {
            Id = 118,
            Victim = 2,
            VictimNodeName = "n03",
            Life = new LifeView { Boot = "5eb00000000000000000000000000003", Tag = 9 },
            Kind = EventKind.Panic,
            State = IncidentState.Open,
            OpenedTerm = 3,
            OpenedUnixMs = 1_795_176_000_123,
            Handlers = { "fence", "mail" },
            ReportCount = 1,
            Reports =
            {
                new ReportView
                {
                    Witness = 0,
                    WitnessNodeName = "n01",
                    Kind = EventKind.Panic,
                    Door = ReportDoor.Device,
                    AgeMs = 2,
                    LeftMs = 34_990,
                    WindowMs = 35_009,
                    LogIndex = 118,
                },
            },
        };

    /// <summary>The same, heard by n02 too, answered and acked at n01.</summary>
    public static Incident Acked()
    {
        var incident = Opened();
        incident.Verdict = Verdict.Handled;
        incident.ReportCount = 2;
        incident.Reports.Add(
            new ReportView
            {
                Witness = 1,
                WitnessNodeName = "n02",
                Kind = EventKind.Panic,
                Door = ReportDoor.Said,
                AgeMs = 4,
                LogIndex = 119,
                Text = "Oops\n\e[31m",
            }
        );
        incident.HandlerResults.Add(
            new HandlerResult
            {
                Handler = "fence",
                Outcome = HandlerOutcome.Done,
                Message = "powered off",
            }
        );
        incident.ReleaseCount = 1;
        incident.AckedCount = 1;
        incident.Releases.Add(
            new ReleaseView
            {
                Witness = 0,
                WitnessNodeName = "n01",
                Kind = EventKind.Panic,
                Verdict = Verdict.Handled,
                Outcome = ReleaseOutcome.Acked,
                LeftMs = 34_702,
                LogIndex = 121,
            }
        );
        return incident;
    }

    /// <summary>The same, and n03 is back.</summary>
    public static Incident Silent()
    {
        var incident = new Incident
        {
            Id = 141,
            Victim = 2,
            VictimNodeName = "n03",
            Life = new LifeView { Tag = 9 },
            Kind = EventKind.Silent,
            State = IncidentState.Open,
            OpenedTerm = 4,
            Silent = true,
            Silence = new SilenceView { LogIndex = 142 },
        };
        incident.Silence.AskedNodeNames.Add("n02");
        incident.Silence.Sights.Add([
            new SightView
            {
                By = 0,
                ByNodeName = "n01",
                Die = 0,
                AgoMs = 1104,
            },
            new SightView
            {
                By = 0,
                ByNodeName = "n01",
                Die = 1,
            },
            new SightView
            {
                By = 1,
                ByNodeName = "n02",
                Die = 0,
                AgoMs = 2003,
                Refused = true,
            },
            new SightView
            {
                By = 1,
                ByNodeName = "n02",
                Die = 1,
                AgoMs = 1061,
            },
        ]);
        return incident;
    }

    public static Incident Closed()
    {
        var incident = Acked();
        incident.State = IncidentState.Closed;
        incident.CloseReason = CloseReason.Rebooted;
        incident.ClosedIndex = 125;
        incident.ClosedUnixMs = 1_795_176_031_500;
        return incident;
    }

    /// <summary>A drill that is still open.</summary>
    public static Incident Drill(ulong id) =>
        new()
        {
            Id = id,
            Victim = 1,
            VictimNodeName = "n02",
            Kind = EventKind.KernelReboot,
            State = IncidentState.Open,
            Verdict = Verdict.Recorded,
            OpenedTerm = 3,
            Drill = true,
            ReportCount = 1,
        };
}
