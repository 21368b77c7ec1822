using System.Diagnostics;
using System.Globalization;
using System.Text;
using ClusterRas.Transport;
using Microsoft.Extensions.DependencyInjection;

namespace ClusterRas.Node;

/// <summary>The log: one line per fact on standard error, time first, so that many logs can be merged by <c>sort</c>.</summary>
/// <remarks>Lines are written by a thread of its own, as the loop must never wait for whoever reads them. When too many
/// wait, new ones are dropped and their number is told. Of one name only so many are written as <see cref="LineRates"/> lets
/// pass; errors always are.</remarks>
internal sealed class LineLog : ILoggerProvider
{
    private const int LinesMax = 16_384;

    private static readonly TimeSpan TellHeldEvery = TimeSpan.FromSeconds(1);

    private readonly object gate = new();
    private readonly LineRates rates = new();
    private readonly TextWriter output;
    private readonly bool verbose;
    private readonly Thread writer;
    private List<string> lines = [];
    private List<string> batch = [];
    private long dropped;
    private long heldToldAt;
    private bool isEnding;

    internal LineLog(TextWriter output, bool verbose)
    {
        this.output = output;
        this.verbose = verbose;
        writer = new Thread(Write) { Name = "log", IsBackground = true };
        writer.Start();
    }

    /// <summary>Everything of ours; of the web server only what is wrong with it.</summary>
    public static ILoggerFactory NewFactory(bool verbose) =>
        LoggerFactory.Create(builder =>
        {
            builder.SetMinimumLevel(verbose ? LogLevel.Debug : LogLevel.Information);
            builder.AddFilter("Microsoft", LogLevel.Warning);

            // Made by the factory, or it would not dispose it, and the last line of a process that fails would be lost.
            builder.Services.AddSingleton<ILoggerProvider>(_ => new LineLog(NewOutput(), verbose));
        });

    /// <inheritdoc />
    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    /// <inheritdoc />
    public void Dispose()
    {
        lock (gate)
        {
            isEnding = true;
            Monitor.Pulse(gate);
        }

        writer.Join(TimeSpan.FromSeconds(1));
    }

    // Flushed by us, when no more lines wait.
    private static StreamWriter NewOutput() =>
        new(System.Console.OpenStandardError(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));

    /// <summary>Asked before the line is made: what is held back shall cost nothing.</summary>
    private bool IsWithinRate(LogLevel level, string name)
    {
        if (level >= LogLevel.Error)
        {
            return true;
        }

        lock (gate)
        {
            var wasHolding = rates.IsHolding;
            var isTaken = rates.TryTake(name, Stopwatch.GetTimestamp());
            if (rates.IsHolding && !wasHolding)
            {
                // Somebody has to tell of it, in a while.
                Monitor.Pulse(gate);
            }

            return isTaken;
        }
    }

    private void Take(string line)
    {
        lock (gate)
        {
            if (isEnding)
            {
                return;
            }

            if (lines.Count >= LinesMax)
            {
                dropped++;
                return;
            }

            lines.Add(line);
            Monitor.Pulse(gate);
        }
    }

    private void Write()
    {
        while (TakeBatch(out var missing, out var held))
        {
            foreach (var line in batch)
            {
                output.WriteLine(line);
            }

            foreach (var (name, count) in held)
            {
                output.WriteLine(
                    string.Create(CultureInfo.InvariantCulture, $"{Stamp()} WARN log.limited: {count} lines {name}")
                );
            }

            if (missing > 0)
            {
                output.WriteLine(
                    string.Create(CultureInfo.InvariantCulture, $"{Stamp()} WARN log.dropped: {missing} lines")
                );
            }

            batch.Clear();
            output.Flush();
        }
    }

    /// <returns>False: it is over, and nothing is left.</returns>
    private bool TakeBatch(out long missing, out IReadOnlyList<(string Name, long Count)> held)
    {
        held = [];
        lock (gate)
        {
            while (lines.Count == 0 && !isEnding)
            {
                // What was held back is told also when no line comes any more.
                if (!Monitor.Wait(gate, rates.IsHolding ? TellHeldEvery : Timeout.InfiniteTimeSpan))
                {
                    break;
                }
            }

            var now = Stopwatch.GetTimestamp();
            if (isEnding || Stopwatch.GetElapsedTime(heldToldAt, now) >= TellHeldEvery)
            {
                held = rates.TakeHeld();
                heldToldAt = now;
            }

            (lines, batch) = (batch, lines);
            (missing, dropped) = (dropped, 0);
            return batch.Count > 0 || held.Count > 0 || !isEnding;
        }
    }

    // All processes of one machine share the monotonic clock, which nobody sets: their lines can be subtracted.
    private string Stamp()
    {
        var utc = DateTimeOffset.UtcNow.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
        return verbose
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{utc} mono={MonotonicClock.Now.Nanoseconds / 1000 / 1e6:F6}"
            )
            : utc;
    }

    private sealed class Logger(LineLog log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            var name = eventId.Name ?? category;
            if (!log.IsWithinRate(logLevel, name))
            {
                return;
            }

            var level = logLevel switch
            {
                LogLevel.Critical => "CRIT",
                LogLevel.Error => "ERROR",
                LogLevel.Warning => "WARN",
                LogLevel.Information => "INFO",
                _ => "DEBUG",
            };
            var cause = exception is null ? "" : " | " + exception.ToString().ReplaceLineEndings(" ");
            log.Take($"{log.Stamp()} {level} {name}: {formatter(state, exception)}{cause}");
        }
    }
}
