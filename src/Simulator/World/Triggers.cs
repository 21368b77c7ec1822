using ClusterRas.Protocol;
using ClusterRas.Simulator.Faults;
using ClusterRas.Simulator.Moments;

namespace ClusterRas.Simulator.World;

/// <summary>Faults that wait for a moment. It is watched for from outside, and the fault comes by the agenda, as all do.</summary>
internal sealed class Triggers(Cluster cluster, PhaseWatch phases)
{
    /// <summary>A moment that does not come within this time is not waited for any longer.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    private static readonly TimeSpan BeforeEnd = TimeSpan.FromMilliseconds(1);
    private readonly List<(Fault Fault, Moment When)> armed = [];

    public void Arm(Fault fault, Moment when)
    {
        armed.Add((fault, when));
        cluster.Agenda.After(Patience, () => armed.RemoveAll(waiting => ReferenceEquals(waiting.Fault, fault)));
        if (when.Name == MomentName.LastMillisecond)
        {
            foreach (var (word, ends) in phases.Words.Windows.ToArray())
            {
                WatchEnd(word, ends);
            }
        }

        Consider(phases.At(cluster.Now));
    }

    /// <param name="mayHaveBegun">Some phase may have begun with it.</param>
    public void See(Sighting sighting, bool mayHaveBegun)
    {
        if (armed.Count == 0)
        {
            return;
        }

        if (sighting is Sighting.Done { Effect: Effect.Send { Frame.Message: Message.Heartbeat } })
        {
            FireAll(
                waiting =>
                    waiting.When.Name == MomentName.BetweenHeartbeats
                    && (waiting.Fault is not Fault.OfNode { Node: { } node } || node == sighting.Node),
                cluster.Options.HeartbeatEvery / 2
            );
        }
        else if (mayHaveBegun)
        {
            if (
                sighting is Sighting.Took { Input: Input.Raised raised }
                && phases.Words.WindowOf(raised.Report.Id) is { } ends
            )
            {
                WatchEnd(raised.Report.Id, ends);
            }

            Consider(phases.At(cluster.Now));
        }
    }

    private void Consider(Phase now) => FireAll(waiting => (waiting.When.Name.PhaseOf() & now) != 0, TimeSpan.Zero);

    private void WatchEnd(ReportId word, TimeSpan ends) =>
        cluster.Agenda.At(
            ends - BeforeEnd,
            () =>
            {
                if (phases.Words.WindowOf(word) is not null)
                {
                    FireAll(static waiting => waiting.When.Name == MomentName.LastMillisecond, TimeSpan.Zero);
                }
            }
        );

    private void FireAll(Func<(Fault Fault, Moment When), bool> isDue, TimeSpan later)
    {
        for (var i = armed.Count - 1; i >= 0; i--)
        {
            var waiting = armed[i];
            if (isDue(waiting))
            {
                armed.RemoveAt(i);
                cluster.Agenda.After(later + waiting.When.After, () => cluster.BeginPlanned(waiting.Fault));
            }
        }
    }
}
