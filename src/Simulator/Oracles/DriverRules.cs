namespace ClusterRas.Simulator.Oracles;

/// <summary>What every driver of a machine relies on: it never throws, and never asks to be woken in the past.</summary>
internal sealed class DriverRules : IOracle
{
    public string Name => "driver";

    public bool SeesBeats => true;

    public string? See(Sighting sighting, Chronicle chronicle) =>
        sighting switch
        {
            Sighting.Took took when took.NextWake <= took.Now =>
                $"after {took.Input} at {took.Now}, {took.Node} asks to be woken at {took.NextWake}",
            Sighting.Broke broke => $"{broke.Node}: {broke.What}",
            _ => null,
        };
}
