namespace ClusterRas.Grpc.Tests;

/// <summary>Our client and our server; both ends of each raw case are tried.</summary>
public sealed class OursToOursTests : IAsyncLifetime
{
    private OurServer? echo;
    private OurServer? raw;

    public async ValueTask InitializeAsync()
    {
        echo = await OurServer.EchoAsync();
        raw = await RawServer.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await echo!.DisposeAsync();
        await raw!.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Conformance.AllCases), MemberType = typeof(Conformance))]
    public Task OursToOurs(string name) =>
        Conformance.RunAsync(
            name,
            "ours>ours",
            async () =>
            {
                using var client = new OurClientCases(echo!.Address, raw!.Address);
                await client.RunAsync(name);
                using var rawClient = new RawClientCases(echo.Address);
                await rawClient.RunAsync(name);
            }
        );
}
