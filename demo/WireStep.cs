namespace ClusterRas.Demo;

/// <summary>With native wires, a part of step 1: what carries the links of each node.</summary>
internal sealed class WireStep(Stage stage, WiredBed bed)
{
    private static readonly TimeSpan CarriedWithin = TimeSpan.FromSeconds(30);

    /// <summary>Ends when every node, asked by itself, says of each of its links that the best wire that both ends have carries it; what is
    /// not so in time fails the demo.</summary>
    public async Task RunAsync()
    {
        var links = (stage.Machines.Count - 1) * BedMap.DieCount;
        foreach (var machine in stage.Machines)
        {
            var carried = await stage.UntilAsync(
                $"the best wires in use on {machine.Name}",
                CarriedWithin,
                async () =>
                    await stage.Operator.WiresAsync(machine, stage.Stop) is { } said
                    && said.Where(link => link.Peer != machine.Name).ToList() is var others
                    && others.Count == links
                    && others.TrueForAll(link =>
                        link.InUse == bed.BestOf(machine.Number, stage[link.Peer].Number, link.Die)
                    )
                        ? others
                        : null,
                machine
            );
            var counts = carried.CountBy(link => link.InUse).OrderByDescending(one => one.Value);
            stage.Timeline.Say(
                machine.Name,
                $"has {string.Join(',', bed.WiresOf(machine.Number))}; {links} links: "
                    + string.Join(", ", counts.Select(one => $"{one.Value} by {one.Key}"))
            );
        }

        stage.Expectations.State(
            true,
            $"each of {links * stage.Machines.Count} links is carried by the best wire that both its ends have"
        );
    }
}
