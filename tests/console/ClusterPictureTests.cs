using ClusterRas.Console.View;
using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Console.Tests;

public sealed class ClusterPictureTests
{
    [Fact]
    public void WholeCluster_SaysSoAndHowManyItCanLose()
    {
        var overview = ClusterPicture.Overview(new Known().Status(), "1");

        overview.Headline.Level.ShouldBe(Level.Good);
        overview.Headline.Text.ShouldContain("all 5 nodes");
        overview.Quorum.ShouldBe(new QuorumView(5, 5, 3, 2, "can lose 2 more"));
        overview.Members.Single(member => member.Master).Name.ShouldBe("n01");
        overview.Addresses[0].ShouldBe("http://127.0.1.1:7400");
        overview.Addresses.Count.ShouldBe(10);
    }

    [Fact]
    public void OtherVersions_AreNamedWithTheirNodes_AsFarAsTheseAreHeard()
    {
        var known = new Known();
        known.Programs.AddRange([
            new(Known.Node(2), "0.2.0"),
            new(Known.Node(3), "0.1.0"),
            new(Known.Node(4), ""),
            new(Known.Node(5), "0.2.0"),
        ]);

        ClusterPicture
            .Overview(known.Status(), "0.1.0")
            .OtherVersions.ShouldBe(
                "Not all nodes run the same rasd: n02 and n05 with 0.2.0; n04 with one that is too old to tell; n01, which serves this page, with 0.1.0"
            );
        foreach (var gone in (int[])[2, 4, 5])
        {
            known.Health[gone] = NodeHealth.Unheard;
        }

        ClusterPicture.Overview(known.Status(), "0.1.0").OtherVersions.ShouldBe("", "what they ran is no matter now");
    }

    [Fact]
    public void ToldVictim_IsTold_AndIsNoLiveVoterAlthoughItIsHeard()
    {
        var known = new Known();
        known.Join(2);
        var id = known.Open(2, EventKind.Panic, Known.Word(3, 2, EventKind.Panic), 34_000);

        var overview = ClusterPicture.Overview(known.Status(), "1");

        var victim = overview.Members.Single(member => member.Name == "n02");
        (victim.State, victim.Level, victim.OpenIncident).ShouldBe(("told", Level.Bad, id));
        overview.Quorum.Live.ShouldBe(4);
        overview.Quorum.CanLose.ShouldBe(1);
        overview.Headline.ShouldBe(new Headline(Level.Bad, "The end of n02 was told. The cluster can lose 1 more."));
        overview.OpenIncidents.ShouldBe(1);
    }

    [Fact]
    public void SilentNode_IsSilentAndNotTold()
    {
        var known = new Known();
        known.Join(4);
        known.Open(4, EventKind.Silent, null);
        known.Health[4] = NodeHealth.Unheard;

        var overview = ClusterPicture.Overview(known.Status(), "1");

        overview.Members.Single(member => member.Name == "n04").State.ShouldBe("silent");
        overview.Headline.Text.ShouldStartWith("N04 fell silent", Case.Insensitive);
    }

    [Fact]
    public void NodeThatCameBackAfterItsDeath_IsRejoined()
    {
        var known = new Known();
        known.Join(2);
        known.Open(2, EventKind.Panic, Known.Word(3, 2, EventKind.Panic));
        known.Join(2, tag: 2);

        var overview = ClusterPicture.Overview(known.Status(), "1");

        overview.Members.Single(member => member.Name == "n02").State.ShouldBe("rejoined");
        overview.Headline.Level.ShouldBe(Level.Good);
    }

    [Fact]
    public void NodesThatAreNotThere_AreNamedAlsoBesideTheDead()
    {
        var known = new Known(7);
        known.Health[6] = NodeHealth.AgentDown;
        known.Health[7] = NodeHealth.Unheard;
        var alone = ClusterPicture.Overview(known.Status(), "1").Headline;
        alone.ShouldBe(new Headline(Level.Bad, "rasd does not run on n06. n07 cannot be heard from n01."));

        known.Join(2);
        known.Open(2, EventKind.Panic, Known.Word(3, 2, EventKind.Panic));
        ClusterPicture
            .Overview(known.Status(), "1")
            .Headline.Text.ShouldStartWith(
                "The end of n02 was told. rasd does not run on n06. n07 cannot be heard from n01. The cluster "
            );
    }

    [Fact]
    public void OlderIncidents_AreGivenInPiecesThatLeaveOutNothing()
    {
        const int all = ClusterPicture.OlderMax + 20;
        var known = new Known();
        for (var at = 0; at < all; at++)
        {
            known.Open(2, EventKind.LinkChange, Known.Word(2, 2, EventKind.LinkChange, (ulong)at));
        }

        var status = known.Status();
        var closed = status.Book.Incidents.Values.Where(incident => !incident.IsOpen).ToList();
        closed.Count.ShouldBe(all);
        var newest = ClusterPicture.Older(status, long.MaxValue);
        var rest = ClusterPicture.Older(status, newest[0].Id.Index.Value);
        newest.Count.ShouldBe(ClusterPicture.OlderMax);
        rest.Concat(newest).ShouldBe(closed);
        ClusterPicture.Older(status, rest[0].Id.Index.Value).ShouldBeEmpty();
    }

    [Fact]
    public void NoMaster_IsWorseThanAnythingElse()
    {
        var known = new Known { Master = null };
        ClusterPicture.Overview(known.Status(), "1").Headline.Text.ShouldStartWith("No master");
    }

    [Fact]
    public void TooFewVoters_AreCounted()
    {
        var known = new Known();
        known.Health[2] = known.Health[3] = known.Health[4] = NodeHealth.Unheard;

        var overview = ClusterPicture.Overview(known.Status(), "1");

        overview.Quorum.CanLose.ShouldBe(-1);
        overview.Headline.Level.ShouldBe(Level.Bad);
        overview.Headline.Text.ShouldContain("1 voters too few");
    }

    [Fact]
    public void DegradedNode_IsWeak()
    {
        var known = new Known();
        known.Health[5] = NodeHealth.Degraded;
        var headline = ClusterPicture.Overview(known.Status(), "1").Headline;
        headline.Level.ShouldBe(Level.Weak);
        headline.Text.ShouldContain("n05");
    }

    [Fact]
    public void Matrix_HasEveryObserverAsItSaidItself_AndUnknownForThoseWhoSayNothing()
    {
        var known = new Known(3);
        known.Links.Add(LinkTo(2, die: 0, heardMs: 20));
        known.Links.Add(LinkTo(3, die: 0, heardMs: 60_000));
        known.Sights.Add(
            new PeerSights(
                Known.Node(2),
                TimeSpan.FromMilliseconds(100),
                [
                    new Heard(Known.Node(1), new Die(0), 30, false),
                    new Heard(Known.Node(3), new Die(0), -1, true),
                    new Heard(Known.Node(3), new Die(1), -1, false),
                ]
            )
        );
        known.Sights.Add(
            new PeerSights(Known.Node(3), TimeSpan.FromMinutes(1), [new Heard(Known.Node(1), new Die(0), 5, false)])
        );

        var matrix = LinkPicture.Of(known.Status()).Matrices[0];

        matrix.Rows[0].Cells.ShouldBe([Sighting.Self, Sighting.Heard, Sighting.Silent]);
        matrix.Rows[1].Cells.ShouldBe([Sighting.Heard, Sighting.Self, Sighting.Refused]);
        matrix.Rows[2].Cells.ShouldBe([Sighting.Unknown, Sighting.Unknown, Sighting.Self]);
    }

    [Fact]
    public void OwnLink_SaysItsWire_WhyNoBetterOne_AndThatItLosesFrames()
    {
        var known = new Known(3);
        known.Links.Add(LinkTo(2, die: 0, heardMs: 20));
        known.Links.Add(LinkTo(3, die: 0, heardMs: 20) with { LossPermille = 50 });

        var own = LinkPicture
            .Of(
                known.Status(),
                link => link.Peer == Known.Node(2) ? "uvb (simulated) + grpc" : "grpc; no uvb (simulated): gone"
            )
            .Own;

        own.Select(link => (link.Transport, link.State, link.Level, link.Why))
            .ShouldBe([
                ("uvb (simulated) + grpc", "up", Level.Good, ""),
                ("grpc", "lossy", Level.Weak, "no uvb (simulated): gone"),
            ]);
        LinkPicture.Of(known.Status()).Own[0].Transport.ShouldBe("grpc");
    }

    [Fact]
    public void Elections_SayWhatEndedTheMasterBefore()
    {
        var known = new Known();
        known.Join(2);
        known.Open(2, EventKind.Panic, Known.Word(3, 2, EventKind.Panic));
        var clock = new SetClock(1_000_000);
        var moments = new Moments(clock);
        moments.Note(new Fact.MasterChanged(Known.Node(2), new Term(2)));
        moments.Note(new Fact.MasterChanged(null, new Term(3)));
        moments.Note(new Fact.MasterChanged(Known.Node(1), new Term(3)));

        var elections = HistoryPicture.Elections(known.Status(), moments, clock.UnixMs);

        elections.Terms.Select(term => (term.Term, term.Master)).ShouldBe([(3, "n01"), (2, "n02")]);
        elections.Terms[0].Why.ShouldBe("n02, master before, ended: panic (incident 2)");
    }

    [Fact]
    public void Audit_TellsWhoAndWhy_NewestFirst()
    {
        var known = new Known();
        known.Log(new EntryPayload.HandoverAsked(Known.Node(2), new Warrant("ada", "disk swap", 5)));
        known.Log(new EntryPayload.StopPlanned(Known.Node(3), Known.LifeOf(3), false, new Warrant("bob", "a fan", 7)));

        var acts = HistoryPicture.Audit(known.Status()).Acts;

        acts.Select(act => act.What).ShouldBe(["planned the stop of n03", "asked that n02 become master"]);
        (acts[1].By, acts[1].Why, acts[1].SaidUnixMs).ShouldBe(("ada", "disk swap", 5L));
        (acts[0].By, acts[0].Why, acts[0].SaidUnixMs).ShouldBe(("bob", "a fan", 7L));
    }

    private static LinkStatus LinkTo(int number, int die, int heardMs) =>
        new(
            new LinkId(Known.Node(number), new Die(die), TransportKind.Grpc),
            LinkState.Up,
            null,
            null,
            0,
            TimeSpan.FromMilliseconds(heardMs),
            false,
            ""
        );
}
