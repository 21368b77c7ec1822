namespace DotNet.Testcontainers.Volumes;

/// <summary>A volume; removed with all in it when it is disposed.</summary>
public interface IVolume : IAsyncDisposable
{
    /// <summary>As the engine has it.</summary>
    string Name { get; }

    /// <summary>Makes it.</summary>
    Task CreateAsync(CancellationToken ct = default);
}
