using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Reflection;
using ClusterRas.Console;
using ClusterRas.Console.Door;
using ClusterRas.Console.Stream;
using ClusterRas.Console.View;
using ClusterRas.Fabric;
using ClusterRas.Master;
using ClusterRas.Master.Handlers;
using ClusterRas.Node.Services;
using ClusterRas.Node.Sources;
using ClusterRas.Node.Telemetry;
using ClusterRas.Protocol;
using ClusterRas.Transport;
using ClusterRas.Transport.Grpc;
using ClusterRas.Transport.Recording;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace ClusterRas.Node;

/// <summary>One <c>rasd</c>: the only place where rooms are wired to each other.</summary>
internal sealed class Daemon : IAsyncDisposable
{
    private static readonly TimeSpan HandlerRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RecordingEndsWithin = TimeSpan.FromMilliseconds(250);

    /// <summary>A service manager waits longer; and who cannot hand over by then will not.</summary>
    private static readonly TimeSpan LeaveWithin = TimeSpan.FromSeconds(2);

    private readonly NodeOptions options;
    private readonly ILoggerFactory logs;
    private readonly ILogger log;
    private readonly CancellationTokenSource stopping = new();
    private readonly TaskCompletionSource<string> failure = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<IEventSource> sources = [];
    private readonly List<Task> declaring = [];
    private readonly Ledger ledger;
    private readonly Wires wires;
    private readonly NodeLoop loop;
    private readonly HandlerRoster roster;
    private readonly PeerClocks clocks;
    private readonly WishDesk wishes = new();
    private readonly EffectRunner runner;
    private readonly Handover handover;
    private readonly WebApplication host;
    private readonly Life life;
    private readonly RunRecording? recording;
    private readonly CurrentMap map;
    private readonly MapStatus mapAtStart;
    private readonly FileStanding fileStanding;
    private readonly ImmutableArray<HostPort> listening;
    private readonly ConsoleHost console;
    private readonly TelemetryExport? telemetry;
    private readonly Notifier notifier;

    /// <summary>Opens the ledger and puts the rooms together; nothing runs yet.</summary>
    /// <exception cref="LedgerException">The ledger cannot be used; the message says why and what to do.</exception>
    /// <exception cref="IOException">The recording cannot be begun.</exception>
    /// <exception cref="UnauthorizedAccessException">As before.</exception>
    /// <exception cref="MapException">The node may not listen where the ledger's map has it.</exception>
    public Daemon(NodeOptions options, ILoggerFactory logs)
    {
        this.logs = logs;
        log = logs.CreateLogger("rasd");
        var self = options.Node.Id;

        var opening = Ledger.Open(new LedgerOptions { Folder = options.DataFolder }, LedgerWire.Codec);
        ledger = opening.Ledger;
        TellOpening(opening);
        life = new Life(options.Boot, ledger.NextTag(options.Boot));

        var start = new RunStart(
            new NodeIdentity(
                self,
                life,
                BitConverter.ToUInt64(System.Security.Cryptography.RandomNumberGenerator.GetBytes(8))
            ),
            options.Topology,
            options.Protocol,
            opening.State,
            MonotonicClock.Now,
            Version,
            RunStart.ThisCore
        );
        // Which map counts is the core's to say, and its rhythms are that map's.
        mapAtStart = start.NewMachine().Map;
        this.options = options = options with { Protocol = TunedProtocol.Of(mapAtStart.Topology.Tuning) };
        start = start with { Options = options.Protocol };
        var machine = start.NewMachine();
        map = new CurrentMap(mapAtStart);
        fileStanding = machine.FileStanding;
        listening = MapStart.Listen(options, fileStanding, mapAtStart);
        recording = options.RecordPath is { } path ? new RunRecording(path, start, log) : null;
        var callers = new CallerDesk();
        var moments = new Moments(TimeProvider.System);
        telemetry = TelemetryExport.Create(options.Node, map, () => Feed!.ReadAsync(), Version, TimeProvider.System);
        wires = new Wires(options, map, listening, logs.CreateLogger("link"));
        roster = new HandlerRoster(Post, TimeProvider.System);
        clocks = new PeerClocks(options.Node.Id, TimeProvider.System);
        notifier = new Notifier(
            options.Channels,
            () => Feed!.ReadAsync(),
            (wish, stop) => wishes.AskAsync(wish, Post, stop),
            logs.CreateLogger("notify"),
            TimeProvider.System
        );
        runner = new EffectRunner(
            map,
            options.Protocol,
            log,
            new FactLog(log, map),
            wires.All,
            ledger,
            callers,
            wishes,
            () => MonotonicClock.Now,
            stopping.Token
        )
        {
            Post = Post,
            Roster = roster,
            Clocks = clocks,
            MapTaken = wires.Follow,
            Noted =
                (telemetry is null ? moments.Note : moments.Note + (Action<Fact>)telemetry.Tracing.Note)
                + notifier.Note,
            Touched = Touch,
            Failed = Fail,
        };
        loop = new NodeLoop(machine, runner.Run, error => Fail($"a rule was broken: {error}"), recording);
        Feed = new StatusFeed(loop);
        handover = new Handover(Feed, wishes, Post);
        console = new ConsoleHost(
            new ConsoleSource(Feed.ReadAsync, Feed.ChangedAsync, Version, wires.TellWire, clocks.AheadOfMs),
            moments,
            map.Hosts,
            TimeProvider.System,
            logs
        );
        host = NewHost(new WordDesk(self, life, callers, Post));
        AddSources();
    }

    /// <summary>What this node knows.</summary>
    public StatusFeed Feed { get; }

    /// <summary>Ends, with the reason, when the process must not go on.</summary>
    public Task<string> Failure => failure.Task;

    /// <summary>Listens, dials, reads; done when it does.</summary>
    public async Task StartAsync()
    {
        ledger.Start(
            new LedgerSignals(
                ticket => Post(new Input.Persisted(ticket)),
                reason => Post(new Input.StorageStalled(reason)),
                Fail
            )
        );
        await console.StartAsync(stopping.Token).ConfigureAwait(false);
        await host.StartAsync(stopping.Token).ConfigureAwait(false);
        loop.Start();
        await wires.All.StartAsync(new LoopSink(loop, clocks, log), stopping.Token).ConfigureAwait(false);
        foreach (var source in sources)
        {
            source.Start(Post);
        }

        notifier.Start(stopping.Token);
        foreach (var handler in options.Handlers)
        {
            declaring.Add(DeclareAsync(handler));
        }

        log.Started(
            Version,
            options.Node.Name,
            map.Topology.Cluster,
            map.Topology.Nodes.Length,
            life.Boot,
            life.Tag,
            string.Join(", ", listening)
        );
        MapStart.Tell(log, options, fileStanding, mapAtStart);
        if (telemetry is not null && !ChosenSpanId.IsPossible)
        {
            log.TracesWithoutRoot(Environment.Version);
        }
    }

    /// <summary>Writes what still waits of the recording, if the disk takes it soon: the last step says most.</summary>
    public async Task EndRecordingAsync()
    {
        try
        {
            var end = recording?.DisposeAsync().AsTask() ?? Task.CompletedTask;
            await end.WaitAsync(RecordingEndsWithin).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // What is there can be replayed.
        }
    }

    /// <summary>Before a stop that is wanted: whoever is master sees to it that another one is, and the cluster misses nobody.</summary>
    public async Task LeaveAsync()
    {
        var before = await Feed.ReadAsync().WaitAsync(LeaveWithin).ConfigureAwait(false);
        if (before.Role != RaftRole.Leader)
        {
            return;
        }

        var name = options.Node.Name;
        var (refusal, after) = await handover
            .MoveAsync(
                null,
                new Warrant($"rasd on {name}", "rasd is stopped", DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()),
                LeaveWithin,
                stopping.Token
            )
            .ConfigureAwait(false);
        if (refusal.Length > 0)
        {
            log.NotHandedOver(refusal);
        }
        else
        {
            var master = after.Master is { } node ? map.Name(node) : "nobody";
            log.HandedOver(master, after.Term.Value);
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync().ConfigureAwait(false);
        foreach (var source in sources)
        {
            await source.DisposeAsync().ConfigureAwait(false);
        }

        await Task.WhenAll(declaring).ConfigureAwait(false);
        await notifier.EndAsync().ConfigureAwait(false);
        await wires.All.DisposeAsync().ConfigureAwait(false);
        await console.DisposeAsync().ConfigureAwait(false);
        await host.DisposeAsync().ConfigureAwait(false);
        telemetry?.Dispose();
        notifier.Dispose();
        loop.Dispose();
        await EndRecordingAsync().ConfigureAwait(false);
        ledger.Dispose();
        stopping.Dispose();
        log.Stopped();
    }

    private static string Version =>
        typeof(Daemon)
            .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
            ?.InformationalVersion.Split('+')[0]
        ?? "0";

    private void Post(Input input) => loop.Post(input);

    private void Touch() => Feed.Touch();

    private void Fail(string reason) => failure.TrySetResult(reason);

    private void TellOpening(LedgerOpening opening)
    {
        foreach (var note in opening.Notes)
        {
            log.LedgerNote(note);
        }

        if (opening.Condition == LedgerCondition.TreatedAsWiped)
        {
            log.LedgerWiped(opening.Reason, opening.SetAside ?? "nowhere");
        }
    }

    private void AddSources()
    {
        var witness = new Witness(options.Node.Id, options.Boot);
        for (var number = 0; number < options.Devices.Length; number++)
        {
            var device = new SentryDevice(
                new SentryDeviceOptions
                {
                    Path = options.Devices[number],
                    Number = number,
                    Kinds = options.EventsOn,
                },
                witness,
                () => MonotonicClock.Now,
                logs.CreateLogger("source")
            );
            sources.Add(device);
            runner.Add(device);
        }

        if (wires.Urma is { } urma)
        {
            var kernels = new KernelMessages(
                options.Devices.Length,
                options.EventsOn,
                witness,
                () => MonotonicClock.Now,
                urma.Answer,
                logs.CreateLogger("source")
            );
            urma.NodeMessageHeard = kernels.Hear;
            sources.Add(kernels);
            runner.Add(kernels);
        }
    }

    private WebApplication NewHost(WordDesk words)
    {
        // Empty: any other builder reads and watches the current directory, which for a service is often the whole machine.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore();
        builder.Services.AddSingleton(logs);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.SetForLinks();
            foreach (var address in listening)
            {
                kestrel.Listen(
                    IPAddress.Parse(address.Host),
                    address.Port,
                    listen =>
                    {
                        listen.SetForLinks();
                        listen.HandOver(console.Connections);
                    }
                );
            }
        });
        builder.Services.AddGrpc(grpc => grpc.MaxReceiveMessageSize = GrpcTransport.MessageBytesMax);
        var view = new StatusView(map, Version, wires.TellWire);
        var subscribed = new SubscribedHandlers();
        var recovery = new RecoveryDoor(Feed, view, map, wishes, Post);
        builder.Services.AddSingleton(
            new ClusterService(
                Feed,
                view,
                map,
                new MapDoor(Feed, wishes, Post),
                wishes,
                handover,
                new Drain(Feed, wishes, Post, map.Name),
                recovery,
                new MuteDoor(Feed, view, wishes, Post),
                words,
                Post
            )
        );
        builder.Services.AddSingleton(
            new EventsService(options.Node.Id, map, view, words, wishes, roster, subscribed, Post)
        );
        builder.Services.AddSingleton(new HealthService(Feed));
        builder.Services.AddSingleton(wires.Grpc.LinkService);
        var app = builder.Build();
        app.MapGrpcService<ClusterService>();
        app.MapGrpcService<EventsService>();
        app.MapGrpcService<HealthService>();
        app.MapGrpcService<LinkService>();
        return app;
    }

    /// <summary>Declares a configured program in the ledger, however long it takes until there is a master, and then stands ready.</summary>
    private async Task DeclareAsync(ExecutableHandlerOptions handler)
    {
        try
        {
            while (true)
            {
                var refusal = await wishes
                    .AskAsync(new EntryPayload.HandlerDeclared(handler.Declaration), Post, stopping.Token)
                    .ConfigureAwait(false);
                if (refusal.Length == 0)
                {
                    break;
                }

                log.HandlerRefused(handler.Declaration.Name, refusal);
                await Task.Delay(HandlerRetry, stopping.Token).ConfigureAwait(false);
            }

            roster.Add(new ExecutableHandler(handler.Declaration, handler.Command, node => map.Name(node)));
        }
        catch (OperationCanceledException)
        {
            // This process ends; there is nothing to declare any more.
        }
    }
}
