using System.Collections.Concurrent;
using System.Globalization;
using ClusterRas.Transport;

namespace ClusterRas.Node;

/// <summary>The log: one line per fact on standard error, time first, so that many logs can be merged by <c>sort</c>.</summary>
/// <remarks>Lines are written by a thread of its own, as the loop must never wait for whoever reads them. When too many
/// wait, new ones are dropped and their number is told.</remarks>
internal sealed class LineLog : ILoggerProvider
{
    private const int LinesMax = 16_384;

    private readonly BlockingCollection<string> lines = new(LinesMax);
    private readonly TextWriter output;
    private readonly bool verbose;
    private readonly Thread writer;
    private long dropped;

    private LineLog(TextWriter output, bool verbose)
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
            builder.AddProvider(new LineLog(Console.Error, verbose));
        });

    /// <inheritdoc />
    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    /// <inheritdoc />
    public void Dispose()
    {
        lines.CompleteAdding();
        writer.Join(TimeSpan.FromSeconds(1));
        lines.Dispose();
    }

    private void Take(string line)
    {
        try
        {
            if (!lines.TryAdd(line))
            {
                Interlocked.Increment(ref dropped);
            }
        }
        catch (InvalidOperationException)
        {
            // Said after the end.
        }
    }

    private void Write()
    {
        foreach (var line in lines.GetConsumingEnumerable())
        {
            output.WriteLine(line);
            if (Interlocked.Exchange(ref dropped, 0) is > 0 and var count)
            {
                output.WriteLine(
                    string.Create(CultureInfo.InvariantCulture, $"{Stamp()} WARN log.dropped: {count} lines")
                );
            }
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
            var level = logLevel switch
            {
                LogLevel.Critical => "CRIT",
                LogLevel.Error => "ERROR",
                LogLevel.Warning => "WARN",
                LogLevel.Information => "INFO",
                _ => "DEBUG",
            };
            var cause = exception is null ? "" : " | " + exception.ToString().ReplaceLineEndings(" ");
            log.Take($"{log.Stamp()} {level} {eventId.Name ?? category}: {formatter(state, exception)}{cause}");
        }
    }
}
