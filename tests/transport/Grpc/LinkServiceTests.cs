using ClusterRas.Wire.V1;
using Grpc.Core;
using Grpc.Net.Client;
using Die = ClusterRas.Fabric.Die;
using LinkId = ClusterRas.Fabric.LinkId;
using NodeId = ClusterRas.Fabric.NodeId;
using Status = Grpc.Core.Status;
using TransportKind = ClusterRas.Fabric.TransportKind;

namespace ClusterRas.Transport.Tests;

/// <summary>What the listening side does with strangers: a client made from the proto file alone.</summary>
public sealed class LinkServiceTests
{
    private static readonly LinkOpening FromB = new()
    {
        FromNode = 1,
        ToNode = 0,
        Die = 0,
        Connection = 1,
    };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Opening_ForAnotherNode_IsRefused() =>
        (await RefusalAsync(new LinkFrame { Opening = new LinkOpening(FromB) { ToNode = 5 } })).ShouldBe(
            new Status(StatusCode.FailedPrecondition, "this is node #0, not #5")
        );

    [Fact]
    public async Task Opening_FromANodeThatCannotBe_IsRefused() =>
        (await RefusalAsync(new LinkFrame { Opening = new LinkOpening(FromB) { FromNode = 77 } })).ShouldBe(
            new Status(StatusCode.FailedPrecondition, "there is no node #77 with a die 0")
        );

    [Fact]
    public async Task Opening_OnAnUnknownDie_IsRefused() =>
        (
            await RefusalAsync(new LinkFrame { Opening = new LinkOpening(FromB) { Die = 4_000_000_000 } })
        ).StatusCode.ShouldBe(StatusCode.FailedPrecondition);

    [Fact]
    public async Task Opening_WithoutNodes_IsRefused() =>
        (await RefusalAsync(new LinkFrame { Opening = new LinkOpening() })).StatusCode.ShouldBe(
            StatusCode.FailedPrecondition
        );

    [Fact]
    public async Task Stream_WithoutAnOpening_IsRefused() =>
        (await RefusalAsync(new LinkFrame { Frame = new Frame() })).ShouldBe(
            new Status(StatusCode.FailedPrecondition, "the stream does not begin with its opening")
        );

    [Fact]
    public async Task Bulk_WithoutItsConnection_IsRefused()
    {
        await using var pair = new GrpcPair();
        await pair.StartAAsync();
        using var channel = GrpcChannel.ForAddress($"http://{pair.DoorOfA}");
        using var call = new Link.LinkClient(channel).Bulk(cancellationToken: Stop);

        await call.RequestStream.WriteAsync(new BulkChunk { Opening = FromB }, Stop);

        var failure = await Should.ThrowAsync<RpcException>(async () =>
        {
            while (await call.ResponseStream.MoveNext(Stop)) { }
        });
        failure.StatusCode.ShouldBe(StatusCode.FailedPrecondition);
    }

    [Fact]
    public async Task Frame_ThatNobodyCanRead_IsDroppedAndTheStreamGoesOn()
    {
        await using var pair = new GrpcPair();
        await pair.StartAAsync();
        using var channel = GrpcChannel.ForAddress($"http://{pair.DoorOfA}");
        using var call = new Link.LinkClient(channel).Open(cancellationToken: Stop);
        await call.RequestStream.WriteAsync(new LinkFrame { Opening = FromB }, Stop);
        (await call.ResponseStream.MoveNext(Stop)).ShouldBeTrue();
        call.ResponseStream.Current.Opening.ShouldBe(
            new LinkOpening
            {
                FromNode = 0,
                ToNode = 1,
                Die = 0,
                Connection = 1,
            }
        );

        await call.RequestStream.WriteAsync(new LinkFrame { Frame = new Frame() }, Stop);
        await call.RequestStream.WriteAsync(new LinkFrame { Opening = FromB }, Stop);
        await call.RequestStream.WriteAsync(new LinkFrame { Frame = new Frame { LinkAck = new LinkAck() } }, Stop);

        var link = new LinkId(new NodeId(1), new Die(0), TransportKind.Grpc);
        await pair.AtA.WaitForFramesAsync(link, 1);
        pair.AtA.All.OfType<Noted.Dropped>().Count(dropped => dropped.Link == link).ShouldBe(2);
    }

    [Fact]
    public async Task Message_LargerThanAllowed_EndsTheConnection()
    {
        await using var pair = new GrpcPair();
        await pair.StartAAsync();
        using var channel = GrpcChannel.ForAddress($"http://{pair.DoorOfA}");
        using var call = new Link.LinkClient(channel).Open(cancellationToken: Stop);
        await call.RequestStream.WriteAsync(new LinkFrame { Opening = FromB }, Stop);
        await pair.AtA.WaitForLastAsync(new LinkId(new NodeId(1), new Die(0), TransportKind.Grpc), open: true);

        var large = new Frame { Refused = new Refused { Reason = new string('x', CodecLimits.FrameBytesMax + 100) } };
        _ = call.RequestStream.WriteAsync(new LinkFrame { Frame = large }, Stop);

        await pair.AtA.WaitForLastAsync(new LinkId(new NodeId(1), new Die(0), TransportKind.Grpc), open: false);
    }

    private static async Task<Status> RefusalAsync(LinkFrame first)
    {
        await using var pair = new GrpcPair();
        await pair.StartAAsync();
        using var channel = GrpcChannel.ForAddress($"http://{pair.DoorOfA}");
        using var call = new Link.LinkClient(channel).Open(cancellationToken: Stop);
        await call.RequestStream.WriteAsync(first, Stop);
        var failure = await Should.ThrowAsync<RpcException>(() => call.ResponseStream.MoveNext(Stop));
        pair.AtA.All.ShouldNotContain(one => one is Noted.Opened && one.Link.Peer == new NodeId(1));
        return failure.Status;
    }
}
