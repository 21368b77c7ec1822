using ClusterRas.Wire.V1;

namespace ClusterRas.Ctl.Text;

/// <summary>Mutes for people.</summary>
internal static class MuteText
{
    public static void Write(Page page, Mute mute) =>
        page.Line(
            $"nobody is told of {About(mute)} until {Spans.Time(mute.UntilUnixMs)}; earlier: rasctl mute end {mute.Id}"
        );

    public static void Write(Page page, ListMutesReply reply)
    {
        var sheet = new Sheet("MUTE", "OF", "UNTIL", "BY", "WHY");
        foreach (var mute in reply.Mutes)
        {
            sheet.Add(
                $"{mute.Id}",
                About(mute),
                Spans.Time(mute.UntilUnixMs),
                Printable.Of(mute.By),
                Printable.Of(mute.Why)
            );
        }

        page.Table(sheet);
        page.Line(
            reply.Channels.Count == 0
                ? "no channel is declared: nobody is told of anything (rasd --notifications FILE)"
                : $"channels: {string.Join(", ", reply.Channels.Select(Printable.Of))}"
        );
    }

    private static string About(Mute mute)
    {
        var kinds = mute.Kinds.Count == 0 ? "" : $"{string.Join(", ", mute.Kinds.Select(Words.Of))} of ";
        var whose = mute.NodeName.Length == 0 ? "any node" : Printable.Of(mute.NodeName);
        return $"{kinds}{whose}{(mute.Maintenance ? " (maintenance)" : "")}";
    }
}
