using System.Runtime.InteropServices;
using System.Text;
using ClusterRas.Ctl;
using Microsoft.Win32.SafeHandles;

using var stop = new CancellationTokenSource();
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

var isTerminal = !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "dumb");
await using var output = new StreamWriter(StandardOutput(), new UTF8Encoding(false));
var surroundings = new Surroundings(
    output,
    Console.Error,
    isTerminal && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")),
    isTerminal ? Console.WindowWidth : 0,
    Environment.MachineName,
    Environment.GetEnvironmentVariable("CLUSTERRAS_TOPOLOGY"),
    TimeProvider.System
)
{
    HeightRows = isTerminal ? Console.WindowHeight : 0,
};
return await Rasctl.RunAsync(args, surroundings, stop.Token).ConfigureAwait(false);

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}

// The console's own stream swallows a broken pipe, and "rasctl events watch | head -1" would never end.
// For files it is the right one: it writes where the shell's own position is.
static Stream StandardOutput()
{
    if (!Console.IsOutputRedirected || OperatingSystem.IsWindows())
    {
        return Console.OpenStandardOutput();
    }

    var pipe = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
    return pipe.CanSeek ? Console.OpenStandardOutput() : pipe;
}
