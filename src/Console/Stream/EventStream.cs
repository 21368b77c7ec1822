using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using ClusterRas.Console.View;

namespace ClusterRas.Console.Stream;

/// <summary>One reader's server-sent events: what has changed since what it has seen, and how old all of it is.</summary>
/// <remarks>The id of an event is <c>EPOCH:NUMBER</c>. A reader that comes back to the same process with it is given what has
/// changed since; with any other, or none, a whole picture, announced by <c>reset</c>.</remarks>
public sealed class EventStream(ConsoleFeed feed, TimeProvider clock)
{
    /// <summary>Updates come together; nobody reads faster.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);

    /// <summary>The age is told this often also when nothing has changed.</summary>
    private static readonly TimeSpan AgeEvery = TimeSpan.FromSeconds(1);

    private static readonly byte[] LineEnd = "\n"u8.ToArray();

    /// <summary>Writes until the reader has gone.</summary>
    /// <param name="lastEventId">What it saw last; null: nothing.</param>
    public async Task WriteAsync(System.IO.Pipelines.PipeWriter output, string? lastEventId, CancellationToken gone)
    {
        using var lease = await feed.WatchAsync(gone).ConfigureAwait(false);
        var seen = Seen(lastEventId);
        Write(output, "retry: 1000\n\n"u8);
        if (seen == 0)
        {
            Write(output, "event: reset\ndata: {}\n\n"u8);
        }

        while (true)
        {
            var next = feed.Latest.Changed;
            foreach (var part in feed.Latest.After(seen))
            {
                Write(output, part);
                seen = part.Sequence;
            }

            if (feed.Age is { } age)
            {
                Write(output, "event: age\ndata: "u8);
                output.Write(JsonSerializer.SerializeToUtf8Bytes(age, ConsoleJson.Default.AgeView));
                Write(output, "\n\n"u8);
            }

            // A reader that does not take this holds up nobody but itself.
            var flushed = await output.FlushAsync(gone).ConfigureAwait(false);
            if (flushed.IsCompleted)
            {
                return;
            }

            await Task.WhenAny(next, Task.Delay(AgeEvery, clock, gone)).ConfigureAwait(false);
            await Task.Delay(Pace, clock, gone).ConfigureAwait(false);
        }
    }

    private long Seen(string? lastEventId)
    {
        var parts = lastEventId?.Split(':') ?? [];
        return
            parts.Length == 2
            && parts[0] == feed.Epoch
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number <= feed.Latest.Sequence
            ? number
            : 0;
    }

    private void Write(IBufferWriter<byte> output, Part part)
    {
        var head = string.Create(
            CultureInfo.InvariantCulture,
            $"id: {feed.Epoch}:{part.Sequence}\nevent: {part.Name}\ndata: "
        );
        output.Write(Encoding.UTF8.GetBytes(head));
        output.Write(part.Json.Span);
        output.Write(LineEnd);
        output.Write(LineEnd);
    }

    private static void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> text) => output.Write(text);
}
