using System.Globalization;
using ClusterRas.Protocol;

namespace ClusterRas.Simulator;

/// <summary>Writes every sighting as one line. The same seed writes the same bytes.</summary>
internal sealed class Transcript(TextWriter writer)
{
    public void Write(Sighting sighting)
    {
        var culture = CultureInfo.InvariantCulture;
        writer.Write(string.Create(culture, $"{sighting.At.TotalSeconds, 11:0.000000} {sighting.Node, -3} "));
        writer.Write(Tell(sighting));
        writer.Write('\n');
    }

    private static string Tell(Sighting sighting) =>
        sighting switch
        {
            Sighting.FaultBegan began => $"!! {began.Fault.Kind}: {began.Fault}",
            Sighting.Booted booted => $"== booted, life {booted.Life}",
            Sighting.Off off => $"== off: {off.Why}",
            Sighting.Started started => $"== starts on {started.State.HardState}, "
                + $"{started.State.Entries.Count} entries, {started.State.Outbox.Count} in the outbox",
            Sighting.Stopped stopped => $"== stops: {stopped.Why}",
            Sighting.Took { Input: Input.Arrived arrived } => $"<- {arrived.Link} {Tell(arrived.Frame)}",
            Sighting.Took took => $"<- {took.Input}",
            Sighting.Decided { Effect: Effect.Note note } => $".. {note.Fact}",
            Sighting.Decided decided => $"?  {Tell(decided.Effect)}",
            Sighting.Done done => $"-> {Tell(done.Effect)}",
            Sighting.Stored stored => $"[] {stored.Write}",
            Sighting.Claimed claimed => $"!! {claimed.Life} claims {claimed.Kind}, window {claimed.WindowMs} ms",
            Sighting.Shown shown => $"<< {shown.Record}",
            Sighting.AckWritten ack => $">> {ack.Report} {ack.Outcome}",
            Sighting.Freed freed => $"!! {freed.Life} goes on from {freed.Kind}, told by {freed.By}",
            Sighting.Refused refused => $"## frame of {refused.Link} refused: {refused.Why}",
            Sighting.Broke broke => $"## {broke.What}",
            Sighting.Settled settled => $"== the end; running {settled.Running}",
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    private static string Tell(Effect effect) =>
        effect is Effect.Send send ? $"{send.Link} {Tell(send.Frame)}" : effect.ToString();

    private static string Tell(Frame frame) => $"{frame.Sequence}/{frame.AckHighest} {frame.Message}";
}
