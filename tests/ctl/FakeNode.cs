using System.Net;
using System.Threading.Channels;
using ClusterRas.Fabric;
using ClusterRas.Wire.V1;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ClusterRas.Ctl.Tests;

/// <summary>A node's public service on a port of the kernel's choice, saying what the test puts into it.</summary>
internal sealed class FakeNode : IAsyncDisposable
{
    private readonly CancellationTokenSource dead = new();
    private WebApplication? app;

    public required Status Status { get; set; }

    /// <summary>Newest first.</summary>
    public List<Incident> Incidents { get; } = [];

    /// <summary>The map that it hands out; null: it does not know the call.</summary>
    public string? Topology { get; set; }

    public ulong? ListAgeMs { get; set; } = 12;

    /// <summary>Takes calls and never answers.</summary>
    public bool IsFrozen { get; set; }

    public Func<DrillRequest, DrillReply> OnDrill { get; set; } = _ => new DrillReply();

    public Func<TransferRequest, TransferReply> OnTransfer { get; set; } = _ => new TransferReply();

    public Func<DrainRequest, DrainReply> OnDrain { get; set; } = _ => new DrainReply();

    public Func<MuteRequest, MuteReply> OnMute { get; set; } = request => new MuteReply { Mute = request.Mute };

    public ListMutesReply Mutes { get; set; } = new();

    public Func<ApplyTopologyRequest, ApplyTopologyReply> OnApply { get; set; } = _ => new ApplyTopologyReply();

    /// <summary>Newest first.</summary>
    public List<Act> Acts { get; } = [];

    public Survivor Survivor { get; set; } = new();

    public Func<PlanRecoveryRequest, PlanRecoveryReply> OnPlan { get; set; } = _ => new PlanRecoveryReply();

    public Func<RecoverRequest, RecoverReply> OnRecover { get; set; } = _ => new RecoverReply();

    public Func<CloseIncidentRequest, Incident> OnClose { get; set; } = _ => new Incident();

    /// <summary>All requests but those for the status, in their order.</summary>
    public List<object> Requests { get; } = [];

    /// <summary>Watches that have begun: the test writes their updates.</summary>
    public Channel<ChannelWriter<WatchUpdate>> Watches { get; } = Channel.CreateUnbounded<ChannelWriter<WatchUpdate>>();

    /// <summary>Cancelled when the node dies without a word.</summary>
    public CancellationToken Dead => dead.Token;

    public HostPort Address { get; private set; }

    public static async Task<FakeNode> StartAsync(Status status)
    {
        var node = new FakeNode { Status = status };
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2)
        );
        builder.Services.AddSingleton(node);
        builder.Services.AddGrpc();
        node.app = builder.Build();
        node.app.MapGrpcService<FakeService>();
        await node.app.StartAsync();
        var uri = new Uri(node.app.Urls.Single());
        HostPort.TryParse($"{uri.Host}:{uri.Port}", out var address).ShouldBeTrue();
        node.Address = address;
        return node;
    }

    public async ValueTask DisposeAsync()
    {
        await dead.CancelAsync();
        if (app is not null)
        {
            using var within = new CancellationTokenSource(TimeSpan.FromSeconds(1));
            await app.StopAsync(within.Token);
            await app.DisposeAsync();
            app = null;
        }
    }
}
