using ClusterRas.Protocol;
using ClusterRas.Sentry;
using Microsoft.Win32.SafeHandles;

namespace ClusterRas.Node.Sources;

/// <summary>The sentry driver's device. While it is open its module stays loaded, so its msgids go on (D1).</summary>
internal sealed class DriverChannel(SafeFileHandle device) : SentryChannel
{
    private const int TriesMax = 3;

    private readonly byte[] buffer = new byte[DeviceRecordCodec.Length];

    /// <inheritdoc />
    public override bool KeepsCopies => true;

    /// <inheritdoc />
    public override string Kind => "sentry driver";

    /// <summary>What an error of MSG_ACK means.</summary>
    public static AckResult ResultOf(int errno) =>
        errno switch
        {
            Errno.None => new AckResult(ReleaseOutcome.Acked, ""),
            Errno.NoEntry => new AckResult(ReleaseOutcome.NoSuchMessage, "the kernel knows no such message any more"),
            Errno.TimerExpired => new AckResult(ReleaseOutcome.Late, "the kernel says that the window is over"),
            _ => new AckResult(ReleaseOutcome.Failed, $"MSG_ACK: {LibC.Describe(errno)}"),
        };

    /// <inheritdoc />
    public override int Read(out ReadOnlySpan<byte> bytes)
    {
        // Exactly one record: asked for any other size the driver gives nothing.
        var count = LibC.Read(device, buffer, out var errno);
        bytes = buffer.AsSpan(0, Math.Max(count, 0));
        return errno;
    }

    /// <inheritdoc />
    public override AckResult Ack(byte[] ack)
    {
        var errno = LibC.Control(device, DeviceIoctl.MsgAck, ack);
        for (var tries = 1; tries < TriesMax && errno is Errno.Interrupted or Errno.Restart; tries++)
        {
            errno = LibC.Control(device, DeviceIoctl.MsgAck, ack);
        }

        return ResultOf(errno);
    }

    /// <inheritdoc />
    public override bool IsReplaced() => false;

    /// <inheritdoc />
    public override void Dispose() => device.Dispose();
}
