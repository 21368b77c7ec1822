using System.Globalization;
using ClusterRas.Fabric;

namespace ClusterRas.Protocol;

/// <summary>Election counter; the higher one wins. Persisted before it is spoken. 0: none yet.</summary>
public readonly record struct Term(long Value) : IComparable<Term>
{
    /// <inheritdoc />
    public int CompareTo(Term other) => Value.CompareTo(other.Value);

    /// <inheritdoc />
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Place of an entry in the replicated log, from 1. 0: before the first.</summary>
public readonly record struct LogIndex(long Value) : IComparable<LogIndex>
{
    /// <summary>The place after this one.</summary>
    public LogIndex Next => new(Value + 1);

    /// <summary>The place before this one.</summary>
    public LogIndex Previous => new(Value - 1);

    /// <inheritdoc />
    public int CompareTo(LogIndex other) => Value.CompareTo(other.Value);

    /// <inheritdoc />
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>One boot of one machine: the kernel's random boot id. Zero: unknown.</summary>
public readonly record struct BootId(UInt128 Value)
{
    /// <summary>First 8 of 32 hex digits: enough to tell boots apart in a log line.</summary>
    public override string ToString() => Value.ToString("x32", CultureInfo.InvariantCulture)[..8];
}

/// <summary>128 random bits made with a database: this disk's history, which a wiped disk cannot claim.</summary>
public readonly record struct DiskId(UInt128 Value)
{
    /// <summary>First 8 of 32 hex digits.</summary>
    public override string ToString() => Value.ToString("x32", CultureInfo.InvariantCulture)[..8];
}

/// <summary>128 random bits made at a cluster's first start. Zero: knows no cluster yet.</summary>
public readonly record struct ClusterId(UInt128 Value)
{
    /// <summary>True for a disk that has not joined any cluster.</summary>
    public bool IsNone => Value == UInt128.Zero;

    /// <summary>First 8 of 32 hex digits.</summary>
    public override string ToString() => Value.ToString("x32", CultureInfo.InvariantCulture)[..8];
}

/// <summary>One boot of a node as the cluster speaks of it: boot id and tag.</summary>
/// <param name="Boot">The kernel's boot id; zero where only the tag is known.</param>
/// <param name="Tag">1 to 999, one more than at the last boot; 0: armed by somebody else than <c>rasd</c>.</param>
public readonly record struct Life(BootId Boot, int Tag)
{
    /// <summary>The largest tag; the next is 1 again.</summary>
    public const int TagMax = 999;

    /// <inheritdoc />
    public override string ToString() => $"{Boot}/{Tag}";
}

/// <summary>A seat in the control group: who, and with which disk. Another disk of the same node is not the voter.</summary>
public readonly record struct Voter(NodeId Node, DiskId Disk);

/// <summary>An incident, by the log index of its <c>Opened</c> entry.</summary>
public readonly record struct IncidentId(LogIndex Index) : IComparable<IncidentId>
{
    /// <inheritdoc />
    public int CompareTo(IncidentId other) => Index.CompareTo(other.Index);

    /// <summary>As operators write it: the bare number.</summary>
    public override string ToString() => Index.ToString();
}

/// <summary>Names one write to disk; later ones are greater, and are done later.</summary>
public readonly record struct Ticket(long Value) : IComparable<Ticket>
{
    /// <inheritdoc />
    public int CompareTo(Ticket other) => Value.CompareTo(other.Value);
}
