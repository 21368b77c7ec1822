using System.Collections.Concurrent;
using System.Globalization;

namespace ClusterRas.Mutants;

/// <summary>What became of one change.</summary>
/// <param name="By">Who noticed; null: nobody.</param>
/// <param name="Story">What was noticed.</param>
internal sealed record Outcome(Mutation Mutation, string? By, string Story);

/// <summary>Puts each drawn change before the judges, cheapest first, on all processors.</summary>
internal sealed class Trial(Room room, Arguments arguments) : IDisposable
{
    private readonly string scratch = Directory.CreateTempSubdirectory("clusterras-mutants").FullName;
    private readonly ConcurrentBag<Outcome> outcomes = [];

    /// <summary>Null: the judges condemn the sound room too, so they prove nothing.</summary>
    public IReadOnlyList<Outcome>? Run(IEnumerable<Mutation> drawn, Action<Outcome> tell)
    {
        var waiting = new ConcurrentQueue<Mutation>(drawn);
        var wanted = arguments.Count;
        var isSound = true;
        Parallel.For(
            0,
            Environment.ProcessorCount,
            worker =>
            {
                var judges = Judges(Path.Combine(scratch, worker.ToString(CultureInfo.InvariantCulture)));
                var assembly = Path.Combine(scratch, $"{worker}.out", "ClusterRas.Protocol.dll");
                Directory.CreateDirectory(Path.GetDirectoryName(assembly)!);
                if (!room.TryEmit(null, assembly) || judges.Any(judge => judge.Try(assembly) is not null))
                {
                    isSound = false;
                    return;
                }

                while (Interlocked.Decrement(ref wanted) >= 0)
                {
                    if (Next(waiting, assembly) is not { } mutation)
                    {
                        return;
                    }

                    var outcome = Ask(judges, mutation, assembly);
                    outcomes.Add(outcome);
                    tell(outcome);
                }
            }
        );
        return isSound ? [.. outcomes] : null;
    }

    public void Dispose() => Directory.Delete(scratch, recursive: true);

    /// <summary>The next change that compiles, in the assembly's file; null: there is none left.</summary>
    private Mutation? Next(ConcurrentQueue<Mutation> waiting, string assembly)
    {
        while (waiting.TryDequeue(out var mutation))
        {
            if (room.TryEmit(mutation, assembly))
            {
                return mutation;
            }
        }

        return null;
    }

    private static Outcome Ask(IEnumerable<Judge> judges, Mutation mutation, string assembly)
    {
        foreach (var judge in judges)
        {
            if (judge.Try(assembly) is { } story)
            {
                return new Outcome(mutation, judge.Name, story);
            }
        }

        return new Outcome(mutation, null, "");
    }

    private Judge[] Judges(string folder)
    {
        var lives = arguments.LivesMax.ToString(CultureInfo.InvariantCulture);
        return
        [
            new Judge(
                "tests",
                Copy("ClusterRas.Protocol.Tests", folder),
                "ClusterRas.Protocol.Tests",
                ["--no-progress", "--no-ansi", "--stop-on-fail", "on"],
                TimeSpan.FromSeconds(60)
            ),
            new Judge(
                "simulator",
                Copy("ClusterRas.Simulator", folder),
                "ClusterRas.Simulator",
                ["--from", "1", "--count", lives, "--first"],
                TimeSpan.FromSeconds(60 + (arguments.LivesMax / 4))
            ),
        ];
    }

    private string Copy(string program, string folder)
    {
        var from = Path.Combine(arguments.Root, "artifacts/bin", program, "release");
        var to = Directory.CreateDirectory(Path.Combine(folder, program)).FullName;
        foreach (var path in Directory.EnumerateFiles(from))
        {
            File.Copy(path, Path.Combine(to, Path.GetFileName(path)));
        }

        return to;
    }
}
