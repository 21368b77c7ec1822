using System.Runtime.CompilerServices;

namespace Grpc.Core;

/// <summary>A stream of messages from the peer; one reader at a time.</summary>
public interface IAsyncStreamReader<out T>
{
    /// <summary>The message that the last <see cref="MoveNext" /> came to.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    T Current { get; }

    /// <summary>Waits for the next message; false: the peer ended the stream well.</summary>
    /// <param name="cancellationToken">Cancels the whole call.</param>
    /// <exception cref="RpcException">The call failed.</exception>
    Task<bool> MoveNext(CancellationToken cancellationToken);
}

/// <summary>Shorter ways to read a stream.</summary>
public static class AsyncStreamReaderExtensions
{
    /// <summary>The same without a token.</summary>
    public static Task<bool> MoveNext<T>(this IAsyncStreamReader<T> streamReader)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(streamReader);
        return streamReader.MoveNext(CancellationToken.None);
    }

    /// <summary>The whole stream, for <c>await foreach</c>.</summary>
    public static async IAsyncEnumerable<T> ReadAllAsync<T>(
        this IAsyncStreamReader<T> streamReader,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(streamReader);
        while (await streamReader.MoveNext(cancellationToken).ConfigureAwait(false))
        {
            yield return streamReader.Current;
        }
    }
}
