using System.Globalization;

namespace ClusterRas.Fabric.Drafts;

/// <summary>Where DIEs are dialled, by one pattern for all: <c>{name}-d{die}.example:7400</c>.</summary>
public static class GrpcPattern
{
    private const string Form = "host:port with {name}, {id} and {die}, e.g. {name}-d{die}.example:7400";

    /// <summary>The place of one DIE; null, with a problem: the pattern makes none.</summary>
    public static Said<HostPort>? Fill(Said<string> pattern, DraftNode node, int die, ProblemList problems)
    {
        var culture = CultureInfo.InvariantCulture;
        var text = pattern
            .Value.Replace("{name}", node.Name?.Value ?? "", StringComparison.Ordinal)
            .Replace("{id}", (node.Id?.Value ?? 0).ToString(culture), StringComparison.Ordinal)
            .Replace("{die}", die.ToString(culture), StringComparison.Ordinal);
        if (HostPort.TryParse(text, out var grpc))
        {
            return new Said<HostPort>(grpc, pattern.At);
        }

        problems.Add(
            pattern.At,
            TopologyProblemCode.Address,
            string.Create(culture, $"{node.Owner} die{die}: grpc would be {Spelling.Shown(text)}"),
            Form,
            "correct the pattern"
        );
        return null;
    }

    /// <summary>The eid itself with port 7400; null, with a problem: it cannot be dialled.</summary>
    public static Said<HostPort>? Default(DraftDie die, ProblemList problems)
    {
        if (TopologyDie.TryGetGrpcDefault(die.Eid!.Value, out var grpc))
        {
            return new Said<HostPort>(grpc, die.Eid.At);
        }

        problems.Add(
            die.Eid.At,
            TopologyProblemCode.Address,
            $"{die.Owner}: eid {die.Eid.Value} cannot be dialled as an address",
            Form,
            "say where gRPC listens with --grpc PATTERN"
        );
        return null;
    }
}
