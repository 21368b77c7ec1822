using System.CommandLine;
using System.Runtime.InteropServices;
using ClusterRas.Master;
using ClusterRas.Node;
using ClusterRas.Options;

var topology = new Option<string?>("--topology") { Description = "The cluster's map, the same file on every node." };
var node = new Option<string?>("--node") { Description = "Which node this is. Default: this machine's name." };
var data = new Option<string?>("--data") { Description = "Folder of this node's ledger; made if missing." };
var device = new Option<string[]>("--device")
{
    Description =
        "sysSentry's device, or a FIFO that stands for it (made if missing; acks go to PATH.ack). May be repeated.",
};
var events = new Option<string?>("--events")
{
    Description = "Kinds to raise: all, or some of poweroff,oom,panic,reboot,memory,link. Default: none.",
};
var handler = new Option<string[]>("--handler")
{
    Description =
        "NAME:KINDS:DEADLINE_MS[:required][:idempotent][:silence]=PROGRAM [ARG…], started for each incident. May be repeated.",
};
var listen = new Option<string[]>("--listen")
{
    Description = "DIE=HOST:PORT: listen there instead of the topology's address. May be repeated.",
};
var notifications = new Option<string?>("--notifications")
{
    Description = "File of channels by which people are told of incidents, the same on every node that can be master.",
};
var bootIdFile = new Option<string?>("--boot-id-file")
{
    Description = "File with this boot's id. Default: /proc/sys/kernel/random/boot_id",
};
var config = new Option<string?>("--config")
{
    Description =
        $"File with these options, for editors and for keeping; what is said here wins. Default: {NodeFile.PathDefault}, if it is there.",
};
var insecure = new Option<bool>("--insecure") { Description = "Allow addresses that are not loopback without TLS." };
var record = new Option<string?>("--record")
{
    Description =
        "New file for all that the core is given, with a digest of what it decides; at most 1 GiB. Replayed by './x replay FILE'.",
};
var wires = new Option<string?>("--wires")
{
    Description = "Wires that may carry links, best first, grpc last: e.g. urma,uvb,grpc. Default: grpc.",
};
var urmaLibrary = new Option<string?>("--urma-library")
{
    Description = "The file of liburma, where it is not the installed one (a simulated one is told as such).",
};
var uvbLibrary = new Option<string?>("--uvb-library")
{
    Description = "The file of libcras_uvb, where the loader does not find it (always told as simulated).",
};
var check = new Option<bool>("--check") { Description = "Check the options and the map, and end." };
var verbose = new Option<bool>("--verbose") { Description = "Log what is ordinary, too." };

var root = new RootCommand("ClusterRas reporter: takes this node's last words to the cluster, and the answer back.")
{
    config,
    topology,
    node,
    data,
    device,
    events,
    handler,
    listen,
    notifications,
    bootIdFile,
    insecure,
    record,
    check,
    verbose,
    wires,
    urmaLibrary,
    uvbLibrary,
};
root.SetAction(async parsed =>
{
    var raw = new RawOptions(
        parsed.GetValue(topology),
        parsed.GetValue(node),
        parsed.GetValue(data),
        parsed.GetValue(device) ?? [],
        parsed.GetValue(listen) ?? [],
        parsed.GetValue(events),
        parsed.GetValue(handler) ?? [],
        parsed.GetValue(bootIdFile),
        parsed.GetValue(insecure),
        parsed.GetValue(record)
    )
    {
        FilePath = parsed.GetValue(config),
        Verbose = parsed.GetValue(verbose),
        Notifications = parsed.GetValue(notifications),
        Wires = parsed.GetValue(wires),
        UrmaLibrary = parsed.GetValue(urmaLibrary),
        UvbLibrary = parsed.GetValue(uvbLibrary),
    };
    var (options, problems) = NodeOptionsReader.Read(raw);
    if (options is null)
    {
        foreach (var problem in problems)
        {
            await Console.Error.WriteLineAsync($"rasd: {problem}").ConfigureAwait(false);
        }

        return 2;
    }

    if (parsed.GetValue(check))
    {
        foreach (var warning in options.TopologyWarnings)
        {
            await Console.Error.WriteLineAsync($"rasd: {warning}").ConfigureAwait(false);
        }

        return 0;
    }

    return await RunAsync(options).ConfigureAwait(false);
});

var result = root.Parse(args);
if (result.Errors.Count > 0)
{
    foreach (var error in result.Errors)
    {
        await Console.Error.WriteLineAsync($"rasd: {error.Message}").ConfigureAwait(false);
    }

    return 2;
}

// Signals are ours: by default the process would be ended, with 143, two seconds after SIGTERM, whatever it still has to do.
var invocation = new InvocationConfiguration { ProcessTerminationTimeout = null };
return await result.InvokeAsync(invocation).ConfigureAwait(false);

static async Task<int> RunAsync(NodeOptions options)
{
    using var logs = LineLog.NewFactory(options.IsVerbose);
    var log = logs.CreateLogger("rasd");
    foreach (var warning in options.TopologyWarnings)
    {
        log.MapWarning(warning.ToString());
    }

    using var stop = new CancellationTokenSource();
    var stopped = new TaskCompletionSource();
    using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
    using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);

    Daemon daemon;
    try
    {
        daemon = new Daemon(options, logs);
    }
    catch (Exception error)
        when (error is LedgerException or MapException or IOException or UnauthorizedAccessException)
    {
        log.Failed(error.Message);
        return 1;
    }

    await using (daemon.ConfigureAwait(false))
    {
        try
        {
            await daemon.StartAsync().ConfigureAwait(false);
        }
        catch (IOException error)
        {
            log.Failed($"cannot listen: {error.Message}");
            return 1;
        }

        await Task.WhenAny(stopped.Task, daemon.Failure).ConfigureAwait(false);
        if (!daemon.Failure.IsCompleted)
        {
            try
            {
                await Task.WhenAny(daemon.LeaveAsync(), daemon.Failure).Unwrap().ConfigureAwait(false);
            }
            catch (Exception error) when (error is TimeoutException or OperationCanceledException)
            {
                log.NotHandedOver("this process is too busy to say whether it is master");
            }
        }

        if (daemon.Failure.IsCompleted)
        {
            // What is on disk is not known, or a rule was broken: say it and be gone, a restart begins from the disk.
            log.Failed(await daemon.Failure.ConfigureAwait(false));
            await daemon.EndRecordingAsync().ConfigureAwait(false);
            Environment.Exit(3);
        }
    }

    return 0;

    void Stop(PosixSignalContext context)
    {
        context.Cancel = true;
        stopped.TrySetResult();
    }
}
