using System.Globalization;
using ClusterRas.Mutants;

const int AimPercent = 95;

if (Arguments.Parse(args) is not { } arguments)
{
    Console.Error.WriteLine(Arguments.Usage);
    return 2;
}

var room = Room.Read(arguments.Root, "Protocol");
var judgements = Judgements.Read(Path.Combine(arguments.Root, "tools/mutants/judged.txt"));
var drawn = room.Mutations.ToArray();
#pragma warning disable CA5394 // A sample wants a seed that can be said again, and nothing secret.
new Random(arguments.Seed).Shuffle(drawn);
#pragma warning restore CA5394
Console.WriteLine(
    $"{arguments.Count} of {drawn.Length} changes of src/Protocol, drawn by seed {arguments.Seed}: "
        + $"./x mutants --seed {arguments.Seed} --skip {arguments.Skip} --count {arguments.Count} --lives {arguments.LivesMax}"
);
using var trial = new Trial(room, arguments);
var gate = new Lock();
var outcomes = trial.Run(
    drawn.Skip(arguments.Skip),
    outcome =>
    {
        lock (gate)
        {
            Console.WriteLine(
                outcome.By is null
                    ? $"SURVIVED {outcome.Mutation}"
                    : $"killed by {outcome.By}: {outcome.Mutation}\n    {outcome.Story}"
            );
        }
    }
);
if (outcomes is null)
{
    Console.Error.WriteLine("mutants: the judges condemn the unchanged room too. Run ./x test Protocol first.");
    return 1;
}

var survivors = outcomes.Where(outcome => outcome.By is null).ToArray();
var judged = survivors.Count(outcome => judgements.Find(outcome.Mutation) is not null);
var counted = outcomes.Count - judged;
var killed = outcomes.Count - survivors.Length;
Console.WriteLine();
foreach (var one in survivors.OrderBy(outcome => outcome.Mutation.Name, StringComparer.Ordinal))
{
    Console.WriteLine($"survivor\t{one.Mutation.Name}\t{judgements.Find(one.Mutation) ?? "NOT JUDGED"}");
}

foreach (var group in outcomes.Where(outcome => outcome.By is not null).GroupBy(outcome => outcome.By))
{
    Console.WriteLine($"killed by {group.Key}: {group.Count()}");
}

var percent = counted == 0 ? 100 : 100.0 * killed / counted;
Console.WriteLine(
    string.Create(
        CultureInfo.InvariantCulture,
        $"{killed} of {counted} killed ({percent:0.0} %; aim {AimPercent} %); {judged} survivors make no difference"
    )
);
return percent >= AimPercent ? 0 : 1;
