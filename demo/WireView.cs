using System.Text.Json;

namespace ClusterRas.Demo;

/// <summary>What carries one link: <c>rasctl --node N --json status --links</c>.</summary>
/// <param name="Wire">The wire in use, those beside it, and after a semicolon why no better one; empty: there is one wire only.</param>
internal sealed record WireView(string Peer, int Die, string Wire)
{
    /// <summary>Reads what rasctl printed.</summary>
    public static WireView Read(JsonElement json) =>
        new(json.GetProperty("peer").ToString(), json.GetProperty("die").GetInt32(), JsonText.WordOf(json, "wire"));

    /// <summary>The wire in use alone. A node that was given one wire says nothing of it, and these all have gRPC.</summary>
    public string InUse => Wire.Length == 0 ? "grpc" : Wire.Split(" +", 2)[0].Split(';', 2)[0];
}
