using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Transport;

/// <summary>Turns foreign numbers and texts into our types. After the first refusal values mean nothing.</summary>
internal struct FieldCheck
{
    /// <summary>Why the bytes are refused; null: not yet.</summary>
    public string? Refusal { get; private set; }

    public void Refuse(string reason) => Refusal ??= reason;

    public NodeId Node(bool isSet, uint value, string field)
    {
        if (!isSet || value >= Limits.NodeCountMax)
        {
            Refuse(isSet ? $"{field} is {value}: no node" : $"{field} is not set");
        }

        return new NodeId((int)(value % Limits.NodeCountMax));
    }

    public Die Die(uint value)
    {
        if (value >= Limits.DieCountMax)
        {
            Refuse($"die is {value}");
        }

        return new Die((int)(value & 1));
    }

    public Term Term(ulong value) => new(Signed(value, "term"));

    /// <summary>A recovery's number; there is none without.</summary>
    public long Epoch(ulong value)
    {
        if (value is 0 or > RecoveryPlan.EpochMax)
        {
            Refuse($"recovery epoch is {value}");
        }

        return (long)Math.Min(value, RecoveryPlan.EpochMax);
    }

    public LogIndex Index(ulong value, string field) => new(Signed(value, field));

    public IncidentId Incident(ulong value)
    {
        if (value == 0)
        {
            Refuse("incident is not set");
        }

        return new IncidentId(Index(value, "incident"));
    }

    public int Tag(uint value)
    {
        if (value > Life.TagMax)
        {
            Refuse($"tag is {value}");
        }

        return (int)Math.Min(value, Life.TagMax);
    }

    /// <summary>A count of our own that fits an int.</summary>
    public int Count(uint value, string field)
    {
        if (value > int.MaxValue)
        {
            Refuse($"{field} is {value}");
        }

        return (int)(value & int.MaxValue);
    }

    public long DurationMs(ulong value, string field)
    {
        if (value > CodecLimits.DurationMsMax)
        {
            Refuse($"{field} is {value}");
        }

        return (long)Math.Min(value, CodecLimits.DurationMsMax);
    }

    public long? DurationMs(bool isSet, ulong value, string field) => isSet ? DurationMs(value, field) : null;

    public EventKind Kind(ClusterRas.Wire.V1.EventKind value) =>
        (EventKind)Choice((int)value, (int)EventKind.LinkChange, "kind");

    public ReportDoor Door(ClusterRas.Wire.V1.ReportDoor value) =>
        (ReportDoor)Choice((int)value, (int)ReportDoor.Drill, "door");

    /// <summary>The vocabulary's zero is a real value, so the wire's numbers are one higher.</summary>
    public Waiter Waiter(ClusterRas.Wire.V1.Waiter value) =>
        (Waiter)(Choice((int)value, (int)Protocol.Waiter.Ours + 1, "waiter") - 1);

    public Verdict Verdict(ClusterRas.Wire.V1.Verdict value) =>
        (Verdict)Choice((int)value, (int)Protocol.Verdict.UnknownVictim, "verdict");

    public ReleaseOutcome Outcome(ClusterRas.Wire.V1.ReleaseOutcome value) =>
        (ReleaseOutcome)Choice((int)value, (int)ReleaseOutcome.NobodyWaits, "outcome");

    public CloseReason CloseReason(ClusterRas.Wire.V1.CloseReason value) =>
        (CloseReason)Choice((int)value, (int)Protocol.CloseReason.HeardAgain, "reason");

    public NoticeMoment NoticeMoment(ClusterRas.Wire.V1.NoticeMoment value) =>
        (NoticeMoment)Choice((int)value, (int)Protocol.NoticeMoment.Closed, "moment");

    public NoticeStage NoticeStage(ClusterRas.Wire.V1.NoticeStage value) =>
        (NoticeStage)Choice((int)value, (int)Protocol.NoticeStage.Inhibited, "stage");

    public GroupCause GroupCause(ClusterRas.Wire.V1.GroupCause value) =>
        (GroupCause)Choice((int)value, (int)Protocol.GroupCause.Undone, "group cause");

    public HandlerOutcome HandlerOutcome(ClusterRas.Wire.V1.HandlerOutcome value) =>
        (HandlerOutcome)Choice((int)value, (int)Protocol.HandlerOutcome.Unknown, "handler outcome");

    public string Name(string value, string field)
    {
        if (!DnsLabel.IsValid(value))
        {
            Refuse($"{field} is not {DnsLabel.Form}");
        }

        return value;
    }

    public string Text(string value, string field)
    {
        if (value.Length > CodecLimits.TextLengthMax)
        {
            Refuse($"{field} has {value.Length} characters");
        }

        return value;
    }

    public string Digest(string value)
    {
        if (value.Length != CodecLimits.DigestLength || value.AsSpan().ContainsAnyExcept(HexDigits))
        {
            Refuse("topology digest is not 64 hex digits");
        }

        return value;
    }

    /// <summary>False, with a refusal, where a list is longer than anybody of ours sends.</summary>
    public bool Fits(int count, int max, string field)
    {
        if (count <= max)
        {
            return true;
        }

        Refuse($"{count} {field}, more than {max}");
        return false;
    }

    private static readonly System.Buffers.SearchValues<char> HexDigits = System.Buffers.SearchValues.Create(
        "0123456789abcdef"
    );

    private long Signed(ulong value, string field)
    {
        if (value > long.MaxValue)
        {
            Refuse($"{field} is {value}");
        }

        return (long)(value & long.MaxValue);
    }

    private int Choice(int value, int max, string field)
    {
        if (value is > 0 && value <= max)
        {
            return value;
        }

        Refuse(value == 0 ? $"{field} is not set" : $"{field} is {value}: not known here");
        return 1;
    }
}
