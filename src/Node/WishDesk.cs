using System.Collections.Concurrent;
using System.Security.Cryptography;
using ClusterRas.Protocol;

namespace ClusterRas.Node;

/// <summary>Operators and programs that wish an entry and wait until it is committed.</summary>
internal sealed class WishDesk
{
    private readonly ConcurrentDictionary<ulong, TaskCompletionSource<string>> waiting = new();

    /// <summary>Asks, and waits for the commit.</summary>
    /// <returns>Why it was refused; empty: committed.</returns>
    public Task<string> AskAsync(EntryPayload wish, Action<Input> post, CancellationToken stop) =>
        AskAsync(nonce => new Input.Asked(nonce, wish), post, stop);

    /// <summary>The same with an input of another kind that is answered by <see cref="Effect.Granted"/>.</summary>
    public async Task<string> AskAsync(Func<ulong, Input> input, Action<Input> post, CancellationToken stop)
    {
        var nonce = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8));
        var answer = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        waiting[nonce] = answer;
        try
        {
            post(input(nonce));
            return await answer.Task.WaitAsync(stop).ConfigureAwait(false);
        }
        finally
        {
            waiting.TryRemove(nonce, out _);
            if (!answer.Task.IsCompleted)
            {
                // Nobody is there any more to hear what came of it, so nothing shall come of it later.
                post(new Input.Withdrawn(nonce));
            }
        }
    }

    /// <summary>The core says what became of a wish.</summary>
    public void Answer(Effect.Granted granted)
    {
        if (waiting.TryGetValue(granted.Nonce, out var caller))
        {
            caller.TrySetResult(granted.Refusal);
        }
    }
}
