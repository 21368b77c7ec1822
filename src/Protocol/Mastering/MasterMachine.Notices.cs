namespace ClusterRas.Protocol;

internal sealed partial class MasterMachine
{
    /// <summary>Records of notices, and what operators want no notices of. Whoever comes first in the log has a notice.</summary>
    private string OnNoticeWish(EntryPayload wish)
    {
        var rules = appended.NoticeRules;
        switch (wish)
        {
            case EntryPayload.Notified notified:
                if (!appended.Incidents.TryGetValue(notified.Incident, out var incident))
                {
                    return $"no incident {notified.Incident}";
                }

                if (incident.Notices.Any(notice => notice.IsOf(notified)))
                {
                    return "";
                }

                return incident.WhyNot(notified) is { Length: > 0 } why ? why : Take(notified);
            case EntryPayload.ChannelDeclared declared:
                return rules.Channels.ContainsKey(declared.Name) ? "" : Take(declared);
            case EntryPayload.Muted muted:
                return appended.Audit.Find(muted) is not null ? "" : Take(muted);
            case EntryPayload.Unmuted unmuted:
                return rules.Mutes.ContainsKey(unmuted.Mute) ? Take(unmuted) : "";
            default:
                throw new System.Diagnostics.UnreachableException(wish.GetType().Name);
        }
    }

    private string Take(EntryPayload wish) => raft.Propose(wish) ? "" : "the master takes no entries now";
}
