using ClusterRas.Fabric;
using ClusterRas.Master.Handlers;
using ClusterRas.Node;
using ClusterRas.Node.Sources;
using ClusterRas.Protocol;
using ClusterRas.Simulator.World;
using ClusterRas.Transport;
using Microsoft.Extensions.Logging;

namespace ClusterRas.Simulation.Tests.Rim;

/// <summary>The daemon's own <see cref="EffectRunner"/> with its ledger, desks, roster and log lines, on a machine of the simulated world.
/// Everything in it runs on the simulator's one thread, in simulated time.</summary>
internal sealed class ProductRunner : IEffectRunner
{
    private readonly RunnerWorld world;
    private readonly CallerDesk callers = new();
    private readonly CancellationTokenSource stopping = new();
    private readonly HandlerRoster roster;
    private readonly EffectRunner runner;
    private long word;

    /// <param name="clock">What the runner takes for the time.</param>
    public ProductRunner(RunnerWorld world, Func<Instant> clock)
    {
        this.world = world;
        var log = new FormattingLog();
        var time = new AgendaTime(world.Agenda);
        roster = new HandlerRoster(world.Post, time);
        var map = new CurrentMap(new MapStatus(world.Topology, 0, [], []));
        runner = new EffectRunner(
            map,
            world.Options,
            log,
            new FactLog(log, map),
            new Wire(world),
            world.Ledger,
            callers,
            new WishDesk(),
            clock,
            stopping.Token
        )
        {
            Post = world.Post,
            Roster = roster,
            Clocks = new PeerClocks(new NodeId(0), time),
            MapTaken = world.CarryOut,
            Touched = () => { },
            Failed = world.Broke,
        };
        runner.Add(new Device(world));
    }

    public void Run(Effect effect)
    {
        // Of thirty programs that said a word, one has hung up before its answer.
        using var caller =
            effect is Effect.Release { Device: null } release && word++ % 30 != 29
                ? callers.Come(release.Report)
                : null;
        runner.Run([effect]);
    }

    public void Connect(HandlerDeclaration handler) => roster.Add(new Program(world, handler));

    public void Dispose()
    {
        stopping.Cancel();
        stopping.Dispose();
    }

    /// <summary>Frames go onto the simulated network, as bytes.</summary>
    private sealed class Wire(RunnerWorld world) : ITransport
    {
        public TransportKind Kind => TransportKind.Grpc;

        public Task StartAsync(ITransportSink sink, CancellationToken stop) => Task.CompletedTask;

        public SendOutcome Send(LinkId link, Frame frame)
        {
            world.CarryOut(new Effect.Send(link, frame));
            return SendOutcome.Queued;
        }

        public void Relink(LinkId link) => world.CarryOut(new Effect.Relink(link));

        public void Close(LinkId link, string reason) => world.CarryOut(new Effect.CloseLink(link, reason));

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    /// <summary>Acks go to the model of the kernel.</summary>
    private sealed class Device(RunnerWorld world) : IEventSource
    {
        public string Name => "simulated device";

        public int Number => 1;

        public void Start(Action<Input> into) { }

        public void Release(Effect.Release release) => world.CarryOut(release);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    /// <summary>A handler that takes as long as the plan says.</summary>
    private sealed class Program(RunnerWorld world, HandlerDeclaration declaration) : IHandler
    {
        public HandlerDeclaration Declaration => declaration;

        public Task<HandlerResult> RunAsync(HandlerCall call, CancellationToken stop)
        {
            // Continuations run where the answer comes: on the simulator's thread.
            var result = new TaskCompletionSource<HandlerResult>();
            if (world.Answer(call) is { } answer)
            {
                world.Agenda.After(answer.After, () => result.TrySetResult(answer.Result));
            }

            return result.Task;
        }
    }

    /// <summary>Makes every line, for nobody: a line that cannot be made is a fault, too.</summary>
    private sealed class FormattingLog : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => formatter(state, exception).ShouldNotBeNullOrEmpty();
    }
}
