using System.Runtime.InteropServices;
using ClusterRas.Fabric;

namespace ClusterRas.Transport.Urma.Native;

/// <summary>Says which type of the boundary a struct is; tests hold its size and offsets against the recorded layouts.</summary>
[AttributeUsage(AttributeTargets.Struct)]
internal sealed class AbiTypeAttribute(string name) : Attribute
{
    public string Name { get; } = name;
}

/// <summary>16 bytes in network order; two halves, so that it travels by value in two registers.</summary>
[AbiType("urma_eid")]
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct UrmaEid : IEquatable<UrmaEid>
{
    public fixed byte Raw[16];

    public static UrmaEid From(Eid eid)
    {
        UrmaEid made = default;
        eid.CopyTo(new Span<byte>(made.Raw, 16));
        return made;
    }

    public readonly Eid ToEid()
    {
        fixed (byte* raw = Raw)
        {
            return Eid.FromBytes(new ReadOnlySpan<byte>(raw, 16));
        }
    }

    /// <summary>All 16 bytes the other way round, as some devices list their own.</summary>
    public readonly Eid ToReversedEid()
    {
        Span<byte> bytes = stackalloc byte[16];
        fixed (byte* raw = Raw)
        {
            new ReadOnlySpan<byte>(raw, 16).CopyTo(bytes);
        }

        bytes.Reverse();
        return Eid.FromBytes(bytes);
    }

    public readonly bool Equals(UrmaEid other) => ToEid() == other.ToEid();

    public override readonly bool Equals(object? obj) => obj is UrmaEid other && Equals(other);

    public override readonly int GetHashCode() => ToEid().GetHashCode();
}

[AbiType("urma_eid_info")]
[StructLayout(LayoutKind.Explicit, Size = 24)]
internal struct UrmaEidInfo
{
    [FieldOffset(0)]
    public UrmaEid Eid;

    [FieldOffset(16)]
    public uint EidIndex;
}

[AbiType("urma_jetty_id")]
[StructLayout(LayoutKind.Explicit, Size = 24)]
internal struct UrmaJettyId
{
    [FieldOffset(0)]
    public UrmaEid Eid;

    [FieldOffset(16)]
    public uint Uasid;

    [FieldOffset(20)]
    public uint Id;
}

/// <summary>What a device can, up to the last member that all supported lines of the library have.</summary>
[AbiType("urma_device_cap")]
[StructLayout(LayoutKind.Explicit, Size = 304)]
internal struct UrmaDeviceCap
{
    [FieldOffset(28)]
    public uint MaxJfcDepth;

    [FieldOffset(32)]
    public uint MaxJfsDepth;

    [FieldOffset(36)]
    public uint MaxJfrDepth;

    [FieldOffset(56)]
    public ulong MaxMsgSize;
}

[AbiType("urma_sl_info")]
[StructLayout(LayoutKind.Sequential)]
internal struct UrmaPriority
{
    public uint SL;
    public uint TpType;
}

[AbiType("urma_jfc_cfg")]
[StructLayout(LayoutKind.Explicit, Size = 32)]
internal struct UrmaJfcConfig
{
    [FieldOffset(0)]
    public uint Depth;

    [FieldOffset(4)]
    public uint Flag;

    [FieldOffset(8)]
    public uint Ceqn;

    [FieldOffset(16)]
    public nint Jfce;

    [FieldOffset(24)]
    public ulong UserCtx;
}

[AbiType("urma_jfr_cfg")]
[StructLayout(LayoutKind.Explicit, Size = 48)]
internal struct UrmaJfrConfig
{
    [FieldOffset(0)]
    public uint Id;

    [FieldOffset(4)]
    public uint Depth;

    [FieldOffset(8)]
    public uint Flag;

    [FieldOffset(12)]
    public int TransMode;

    [FieldOffset(16)]
    public byte MaxSge;

    [FieldOffset(17)]
    public byte MinRnrTimer;

    [FieldOffset(24)]
    public nint Jfc;

    [FieldOffset(32)]
    public uint TokenValue;

    [FieldOffset(40)]
    public ulong UserCtx;
}

[AbiType("urma_jfs_cfg")]
[StructLayout(LayoutKind.Explicit, Size = 40)]
internal struct UrmaJfsConfig
{
    [FieldOffset(0)]
    public uint Depth;

    [FieldOffset(4)]
    public uint Flag;

    [FieldOffset(8)]
    public int TransMode;

    [FieldOffset(12)]
    public byte Priority;

    [FieldOffset(13)]
    public byte MaxSge;

    [FieldOffset(14)]
    public byte MaxRsge;

    [FieldOffset(16)]
    public uint MaxInlineData;

    [FieldOffset(20)]
    public byte RnrRetry;

    [FieldOffset(21)]
    public byte ErrTimeout;

    [FieldOffset(24)]
    public nint Jfc;

    [FieldOffset(32)]
    public ulong UserCtx;
}

[AbiType("urma_jetty_cfg")]
[StructLayout(LayoutKind.Explicit, Size = 80)]
internal struct UrmaJettyConfig
{
    [FieldOffset(0)]
    public uint Id;

    [FieldOffset(4)]
    public uint Flag;

    [FieldOffset(8)]
    public UrmaJfsConfig JfsCfg;

    [FieldOffset(48)]
    public nint SharedJfr;

    [FieldOffset(56)]
    public nint SharedJfc;

    [FieldOffset(64)]
    public nint JettyGrp;

    [FieldOffset(72)]
    public ulong UserCtx;
}

[AbiType("urma_jetty_attr")]
[StructLayout(LayoutKind.Sequential)]
internal struct UrmaJettyAttr
{
    public uint Mask;
    public uint RxThreshold;
    public int State;
}

[AbiType("urma_seg_cfg")]
[StructLayout(LayoutKind.Explicit, Size = 48)]
internal struct UrmaSegmentConfig
{
    [FieldOffset(0)]
    public ulong Va;

    [FieldOffset(8)]
    public ulong Len;

    [FieldOffset(16)]
    public nint TokenId;

    [FieldOffset(24)]
    public uint TokenValue;

    [FieldOffset(28)]
    public uint Flag;

    [FieldOffset(32)]
    public ulong UserCtx;

    [FieldOffset(40)]
    public ulong Iova;
}

/// <summary>A peer's jetty. Passed inside a larger buffer of zeros: one bit of the flag would announce bytes behind it.</summary>
[AbiType("urma_rjetty")]
[StructLayout(LayoutKind.Explicit, Size = 48)]
internal struct UrmaRemoteJetty
{
    [FieldOffset(0)]
    public UrmaJettyId JettyId;

    [FieldOffset(24)]
    public int TransMode;

    [FieldOffset(28)]
    public int Policy;

    [FieldOffset(32)]
    public int Type;

    [FieldOffset(36)]
    public uint Flag;

    [FieldOffset(40)]
    public int TpType;
}

[AbiType("urma_sge")]
[StructLayout(LayoutKind.Explicit, Size = 32)]
internal struct UrmaSge
{
    [FieldOffset(0)]
    public ulong Addr;

    [FieldOffset(8)]
    public uint Len;

    [FieldOffset(16)]
    public nint Tseg;

    [FieldOffset(24)]
    public nint UserTseg;
}

[AbiType("urma_sg")]
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal unsafe struct UrmaSg
{
    [FieldOffset(0)]
    public UrmaSge* Sge;

    [FieldOffset(8)]
    public uint NumSge;
}

[AbiType("urma_jfr_wr")]
[StructLayout(LayoutKind.Explicit, Size = 32)]
internal unsafe struct UrmaReceiveRequest
{
    [FieldOffset(0)]
    public UrmaSg Src;

    [FieldOffset(16)]
    public ulong UserCtx;

    [FieldOffset(24)]
    public UrmaReceiveRequest* Next;
}

[AbiType("urma_send_wr")]
[StructLayout(LayoutKind.Explicit, Size = 40)]
internal struct UrmaSendPart
{
    [FieldOffset(0)]
    public UrmaSg Src;

    [FieldOffset(16)]
    public byte TargetHint;

    [FieldOffset(24)]
    public ulong ImmData;

    [FieldOffset(32)]
    public nint Tseg;
}

[AbiType("urma_jfs_wr")]
[StructLayout(LayoutKind.Explicit, Size = 80)]
internal unsafe struct UrmaSendRequest
{
    [FieldOffset(0)]
    public int Opcode;

    [FieldOffset(4)]
    public uint Flag;

    [FieldOffset(8)]
    public nint Tjetty;

    [FieldOffset(16)]
    public ulong UserCtx;

    [FieldOffset(24)]
    public UrmaSendPart Send;

    [FieldOffset(72)]
    public UrmaSendRequest* Next;
}

[AbiType("urma_cr")]
[StructLayout(LayoutKind.Explicit, Size = 80)]
internal struct UrmaRecord
{
    [FieldOffset(0)]
    public UrmaStatus Status;

    [FieldOffset(8)]
    public ulong UserCtx;

    [FieldOffset(16)]
    public int Opcode;

    [FieldOffset(20)]
    public byte Flag;

    [FieldOffset(24)]
    public uint CompletionLen;

    [FieldOffset(28)]
    public uint LocalId;

    [FieldOffset(32)]
    public UrmaJettyId RemoteId;

    [FieldOffset(56)]
    public ulong ImmData;

    [FieldOffset(64)]
    public uint Tpn;

    [FieldOffset(72)]
    public nuint UserData;
}

[AbiType("urma_async_event")]
[StructLayout(LayoutKind.Explicit, Size = 32)]
internal struct UrmaAsyncEvent
{
    [FieldOffset(0)]
    public nint UrmaCtx;

    [FieldOffset(8)]
    public ulong Element;

    [FieldOffset(16)]
    public UrmaAsyncEventType EventType;

    [FieldOffset(24)]
    public nint Priv;
}

/// <summary>What became of one request; values of the boundary.</summary>
internal enum UrmaStatus
{
    Success = 0,
    LocalLength = 2,
    RemoteUnsupported = 6,
    RemoteOperation = 7,
    NoAcknowledgement = 9,
    ReceiverNotReady = 10,
    Flushed = 11,
    Suspended = 12,
    FlushDone = 13,
    Unhandled = 14,
    LocalPoison = 15,
    RemotePoison = 16,
}

/// <summary>What a device says by itself; values of the boundary.</summary>
internal enum UrmaAsyncEventType
{
    PortActive = 7,
    PortDown = 8,
    DeviceFatal = 9,
    EidChange = 10,
}
