namespace DotNet.Testcontainers.Networks;

/// <summary>A network; removed when it is disposed.</summary>
public interface INetwork : IAsyncDisposable
{
    /// <summary>As the engine has it.</summary>
    string Name { get; }

    /// <summary>Makes it.</summary>
    Task CreateAsync(CancellationToken ct = default);
}
