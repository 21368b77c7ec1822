using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace ClusterRas.Node.Tests;

public sealed class LineRatesTests
{
    private readonly LineRates rates = new();

    [Fact]
    public void Burst_Passes_AndWhatIsOverIsCountedByName()
    {
        Take("a", LineRates.Burst + 7, 0).ShouldBe(LineRates.Burst);
        Take("b", 3, 0).ShouldBe(3);

        rates.IsHolding.ShouldBeTrue();
        rates.TakeHeld().ShouldBe([("a", 7)]);
        rates.IsHolding.ShouldBeFalse();
        rates.TakeHeld().ShouldBeEmpty();
    }

    [Fact]
    public void Time_GivesBackWhatWasUsed_AndNoMoreThanABurst()
    {
        Take("a", LineRates.Burst, 0).ShouldBe(LineRates.Burst);
        Take("a", LineRates.Burst, 2).ShouldBe(2 * LineRates.PerSecond);
        Take("a", 2 * LineRates.Burst, 3600).ShouldBe(LineRates.Burst);
    }

    [Fact]
    public void Log_TellsWhatItHeldBack_AlsoWhenNothingFollows_AndNeverHoldsBackAnError()
    {
        var written = new Lines();
        using (var log = new LineLog(written, verbose: false))
        {
            var logger = log.CreateLogger("test");
            for (var at = 0; at < LineRates.Burst + 50; at++)
            {
                logger.Log(LogLevel.Warning, new EventId(0, "some.name"), "x", null, (text, _) => text);
            }

            // No further line comes, and the log is not ended: it tells by itself.
            written.Limited.Wait(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken).ShouldBeTrue();
            for (var at = 0; at < LineRates.Burst + 50; at++)
            {
                logger.Log(LogLevel.Error, new EventId(0, "some.error"), "x", null, (text, _) => text);
            }
        }

        written
            .All.Count(line => line.EndsWith(" WARN some.name: x", StringComparison.Ordinal))
            .ShouldBeLessThan(LineRates.Burst + 50);
        written
            .All.Count(line => line.EndsWith(" ERROR some.error: x", StringComparison.Ordinal))
            .ShouldBe(LineRates.Burst + 50);
    }

    /// <returns>How many passed.</returns>
    private int Take(string name, int count, long second) =>
        Enumerable.Range(0, count).Count(_ => rates.TryTake(name, second * Stopwatch.Frequency));

    /// <summary>What the log's own thread writes.</summary>
    private sealed class Lines : StringWriter
    {
        private readonly List<string> lines = [];

        public ManualResetEventSlim Limited { get; } = new();

        public IReadOnlyList<string> All
        {
            get
            {
                lock (lines)
                {
                    return [.. lines];
                }
            }
        }

        public override void WriteLine(string? value)
        {
            lock (lines)
            {
                lines.Add(value!);
            }

            if (value!.Contains(" WARN log.limited: ", StringComparison.Ordinal))
            {
                Limited.Set();
            }
        }

        protected override void Dispose(bool disposing)
        {
            Limited.Dispose();
            base.Dispose(disposing);
        }
    }
}
