using ClusterRas.Simulator.World;

namespace ClusterRas.Simulation.Tests.Rim;

/// <summary>Timers of the product in simulated time.</summary>
internal sealed class AgendaTime(Agenda agenda) : TimeProvider
{
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => agenda.Now.Ticks;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + agenda.Now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Alarm(agenda, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Rings once; nothing here wants more.</summary>
    private sealed class Alarm(Agenda agenda, TimerCallback callback, object? state) : ITimer
    {
        private int setting;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            period.ShouldBe(Timeout.InfiniteTimeSpan);
            var mine = ++setting;
            if (dueTime >= TimeSpan.Zero)
            {
                agenda.After(
                    dueTime,
                    () =>
                    {
                        if (mine == setting)
                        {
                            callback(state);
                        }
                    }
                );
            }

            return true;
        }

        public void Dispose() => setting++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
