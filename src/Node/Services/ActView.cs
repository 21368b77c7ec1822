using System.Diagnostics;
using ClusterRas.Protocol;
using V1 = ClusterRas.Wire.V1;

namespace ClusterRas.Node.Services;

/// <summary>What operators did, in the words of the public services.</summary>
internal static class ActView
{
    /// <summary>One act of the audit.</summary>
    public static V1.Act Of(Entry act, StatusView view)
    {
        var shown = new V1.Act { LogIndex = (ulong)act.Index.Value, Term = (ulong)act.Term.Value };
        switch (act.Payload)
        {
            case EntryPayload.HandoverAsked asked:
                shown.Kind = V1.ActKind.Transfer;
                shown.NodeName = asked.To is { } to ? view.Name(to) : "";
                Sign(shown, asked.Warrant);
                break;
            case EntryPayload.Recovered recovered:
                shown.Kind = V1.ActKind.Recover;
                shown.NodeName = view.Name(recovered.Survivor.Node);
                shown.LostNodeNames.AddRange(recovered.Lost.Select(voter => view.Name(voter.Node)));
                Sign(shown, recovered.Warrant);
                break;
            case EntryPayload.MapChanged changed:
                shown.Kind = V1.ActKind.Map;
                shown.MapVersion = (ulong)changed.Version;
                Sign(shown, changed.Warrant);
                break;
            case EntryPayload.StopPlanned stop:
                shown.Kind = stop.IsOff ? V1.ActKind.Keep : V1.ActKind.Stop;
                shown.NodeName = view.Name(stop.Node);
                Sign(shown, stop.Warrant);
                break;
            case EntryPayload.Muted muted:
                shown.Kind = muted.IsMaintenance ? V1.ActKind.Maintenance : V1.ActKind.Mute;
                shown.NodeName = muted.Node is { } quiet ? view.Name(quiet) : "";
                shown.UntilUnixMs = (ulong)muted.UntilUnixMs;
                Sign(shown, muted.Warrant);
                break;
            case EntryPayload.Unmuted unmuted:
                shown.Kind = V1.ActKind.Unmute;
                shown.Mute = (ulong)unmuted.Mute.Value;
                Sign(shown, unmuted.Warrant);
                break;
            case EntryPayload.Closed closed:
                shown.Kind = V1.ActKind.Close;
                shown.Incident = (ulong)closed.Incident.Index.Value;
                shown.By = closed.By;
                break;
            default:
                throw new UnreachableException(act.Payload.GetType().Name);
        }

        return shown;
    }

    private static void Sign(V1.Act shown, Warrant warrant)
    {
        shown.By = warrant.By;
        shown.Why = warrant.Why;
        if (warrant.UnixMs > 0)
        {
            shown.SaidUnixMs = (ulong)warrant.UnixMs;
        }
    }
}
