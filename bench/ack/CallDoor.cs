using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using ClusterRas.Wire.V1;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;

namespace ClusterRas.AckBench;

/// <summary>Events.Report over gRPC: a program that says memory faults and waits.</summary>
/// <remarks>Not power-off: a master that says its own steps aside, and the next word has another master.</remarks>
internal sealed class CallDoor(GrpcChannel channel) : IDoor
{
    private const ulong WindowMs = 35_000;

    private readonly Events.EventsClient events = new(channel);
    private readonly ulong nonceHigh = (ulong)Random.Shared.NextInt64();
    private long lastNonce;

    /// <inheritdoc />
    public string Name => "Events.Report";

    /// <inheritdoc />
    public async Task<Sample> SayAsync(CancellationToken stop)
    {
        var number = (ulong)Interlocked.Increment(ref lastNonce);
        var nonce = new byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(nonce, nonceHigh);
        BinaryPrimitives.WriteUInt64BigEndian(nonce.AsSpan(8), number);
        var request = new ReportRequest
        {
            Kind = EventKind.MemoryFault,
            WindowMs = WindowMs,
            Nonce = ByteString.CopyFrom(nonce),
        };
        var start = Stopwatch.GetTimestamp();
        try
        {
            var reply = await events.ReportAsync(request, cancellationToken: stop);
            var acked = Stopwatch.GetTimestamp();
            return reply.Ending == ReportEnding.Acked
                ? new Sample(string.Create(CultureInfo.InvariantCulture, $"{nonceHigh:x}.{number:x}"), start, acked)
                : throw new BenchFailedException($"report {number} ended with {reply.Ending}: {reply.Message}");
        }
        catch (RpcException error) when (!stop.IsCancellationRequested)
        {
            throw new BenchFailedException($"report {number} failed: {error.Status}");
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        // The channel belongs to whoever made it.
    }
}
