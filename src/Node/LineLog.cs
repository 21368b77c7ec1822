using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace ClusterRas.Node;

/// <summary>The log: one line per fact on standard error, time first, so that 16 logs can be merged by <c>sort</c>.</summary>
internal static class LineLog
{
    /// <summary>Kestrel's own lines only where something is wrong with it.</summary>
    public static ILoggerFactory NewFactory(bool verbose) =>
        LoggerFactory.Create(builder =>
        {
            builder.SetMinimumLevel(verbose ? LogLevel.Debug : LogLevel.Information);
            builder.AddFilter("Microsoft", LogLevel.Warning);
            builder.AddConsole(console =>
            {
                console.FormatterName = LineFormatter.FormatterName;
                console.LogToStandardErrorThreshold = LogLevel.Trace;
            });
            builder.AddConsoleFormatter<LineFormatter, ConsoleFormatterOptions>();
        });

    private sealed class LineFormatter() : ConsoleFormatter(FormatterName)
    {
        public const string FormatterName = "line";

        public override void Write<TState>(
            in LogEntry<TState> logEntry,
            IExternalScopeProvider? scopeProvider,
            TextWriter textWriter
        )
        {
            textWriter.Write(DateTimeOffset.UtcNow.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", null));
            textWriter.Write(' ');
            textWriter.Write(
                logEntry.LogLevel switch
                {
                    LogLevel.Critical => "CRIT",
                    LogLevel.Error => "ERROR",
                    LogLevel.Warning => "WARN",
                    LogLevel.Information => "INFO",
                    _ => "DEBUG",
                }
            );
            textWriter.Write(' ');
            textWriter.Write(logEntry.EventId.Name ?? logEntry.Category);
            textWriter.Write(": ");
            textWriter.Write(logEntry.Formatter(logEntry.State, logEntry.Exception));
            if (logEntry.Exception is { } error)
            {
                textWriter.Write(" | ");
                textWriter.Write(error.ToString().ReplaceLineEndings(" "));
            }

            textWriter.WriteLine();
        }
    }
}
