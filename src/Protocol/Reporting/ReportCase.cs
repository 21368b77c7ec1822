namespace ClusterRas.Protocol;

/// <summary>One word of this node and how far it has come.</summary>
internal sealed class ReportCase(long order, Report report, DeviceRef? device)
{
    /// <summary>Order in which words came in.</summary>
    public long Order => order;

    public Report Report => report;

    /// <summary>The opening of the device that last gave this record; null: a caller, or lost.</summary>
    public DeviceRef? Device { get; set; } = device;

    /// <summary>The device that gave it last, whichever opening; null: a caller.</summary>
    public int? ReadFrom { get; set; }

    /// <summary>The opening that gave it is gone: there is nothing to write an ack to (D1).</summary>
    public bool LostDevice { get; set; }

    /// <summary>The master's answer; null: none yet.</summary>
    public Message.Answering? Answer { get; set; }

    /// <summary>What became of the release; null: not released yet.</summary>
    public ReleaseOutcome? Outcome { get; set; }

    /// <summary>What was left of the window at the release.</summary>
    public long? LeftAtReleaseMs { get; set; }

    public Instant? AckedAt { get; set; }

    /// <summary>A release was asked for then, and nobody has told yet what became of it.</summary>
    public Instant? ReleasingSince { get; set; }

    public bool CopySwallowed { get; set; }

    /// <summary>The disk has it, and says it again after a restart.</summary>
    public bool IsInOutbox { get; set; } = true;

    public bool WindowIsOver { get; set; }

    /// <summary>When to say it again.</summary>
    public Instant SendAt { get; set; }
}
