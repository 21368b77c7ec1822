using ClusterRas.Protocol;

namespace ClusterRas.Simulator.World;

/// <summary>Carries out effects in place of the simulator's own hands. The simulator may not know the product's runner, so whoever does brings
/// it.</summary>
internal interface IEffectRunner : IDisposable
{
    /// <summary>Carries out one effect. What it posts meanwhile waits for the next step.</summary>
    void Run(Effect effect);

    /// <summary>This handler is connected now.</summary>
    void Connect(HandlerDeclaration handler);
}
