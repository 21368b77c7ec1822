using ClusterRas.Protocol;

namespace ClusterRas.Master.Handlers;

/// <summary>Something that reacts to an event on this node: a program, or a subscriber over gRPC.</summary>
public interface IHandler
{
    /// <summary>What the ledger knows of it.</summary>
    HandlerDeclaration Declaration { get; }

    /// <summary>Does the work of one incident, once. May throw; may ignore the token, and is then not waited for.</summary>
    /// <param name="call">What happened; its incident id is the key by which repeats are known.</param>
    /// <param name="stop">The deadline of the call is over, or this process ends.</param>
    Task<HandlerResult> RunAsync(HandlerCall call, CancellationToken stop);
}
