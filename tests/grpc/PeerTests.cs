namespace ClusterRas.Grpc.Tests;

/// <summary>Our client against servers of other make.</summary>
public abstract class OurClientTests(string pairing, PeerServer server, bool splitsBinary)
{
    [Theory]
    [MemberData(nameof(Conformance.AllCases), MemberType = typeof(Conformance))]
    public Task OursToPeer(string name) =>
        Conformance.RunAsync(
            name,
            pairing,
            async () =>
            {
                Assert.SkipWhen(server.WhyNot is not null, server.WhyNot ?? "");
                using var client = new OurClientCases(server.Echo!, server.Raw!, splitsBinary);
                await client.RunAsync(name);
            }
        );
}

/// <summary>Clients of other make against our server.</summary>
public abstract class OurServerTests(string pairing, PeerClient client)
{
    [Theory]
    [MemberData(nameof(Conformance.AllCases), MemberType = typeof(Conformance))]
    public Task PeerToOurs(string name) =>
        Conformance.RunAsync(
            name,
            pairing,
            async () =>
            {
                Assert.SkipWhen(client.WhyNot is not null, client.WhyNot ?? "");
                (await client.ResultOfAsync(name)).ShouldBeNull();
            }
        );
}

public sealed class OursToPythonTests(PythonServer server)
    : OurClientTests("ours>py", server, splitsBinary: false),
        IClassFixture<PythonServer>;

public sealed class PythonToOursTests(PythonClient client)
    : OurServerTests("py>ours", client),
        IClassFixture<PythonClient>;

public sealed class OursToNodeTests(NodeServer server)
    : OurClientTests("ours>js", server, splitsBinary: true),
        IClassFixture<NodeServer>;

public sealed class NodeToOursTests(NodeClient client) : OurServerTests("js>ours", client), IClassFixture<NodeClient>;
