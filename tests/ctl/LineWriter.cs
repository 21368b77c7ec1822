using System.Text;
using System.Threading.Channels;

namespace ClusterRas.Ctl.Tests;

/// <summary>Output that a test reads while the command runs.</summary>
internal sealed class LineWriter : TextWriter
{
    private readonly Channel<string> lines = Channel.CreateUnbounded<string>();

    public override Encoding Encoding => Encoding.UTF8;

    public override void WriteLine(string? value) => lines.Writer.TryWrite(value ?? "");

    public async Task<string> NextAsync()
    {
        using var over = new CancellationTokenSource(Run.Within);
        return await lines.Reader.ReadAsync(over.Token);
    }

    public async Task<string[]> NextAsync(int count)
    {
        var next = new string[count];
        for (var at = 0; at < count; at++)
        {
            next[at] = await NextAsync();
        }

        return next;
    }
}
