namespace ClusterRas.Demo;

/// <summary>With native wires, a part of step 1: what carries the links of each node.</summary>
internal sealed class WireStep(Stage stage, WiredBed bed)
{
    private static readonly TimeSpan CarriedWithin = TimeSpan.FromSeconds(30);

    /// <summary>Ends when every node, asked by itself, says that the best wire that both ends have carries each of its links.</summary>
    public async Task RunAsync()
    {
        foreach (var machine in stage.Machines)
        {
            var links = await stage.UntilAsync(
                $"the best wires in use on {machine.Name}",
                CarriedWithin,
                async () =>
                    await stage.Operator.WiresAsync(machine, stage.Stop) is { } said
                    && said.Where(link => link.Peer != machine.Name).ToList() is { Count: > 0 } others
                    && others.TrueForAll(link =>
                        link.InUse == bed.BestOf(machine.Number, stage[link.Peer].Number, link.Die)
                    )
                        ? others
                        : null,
                machine
            );
            var counts = links.CountBy(link => link.InUse).OrderByDescending(one => one.Value);
            stage.Timeline.Say(
                machine.Name,
                $"has {string.Join(',', bed.WiresOf(machine.Number))}: "
                    + string.Join(", ", counts.Select(one => $"{one.Value} links by {one.Key}"))
            );
        }
    }
}
