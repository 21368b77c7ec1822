using System.Globalization;

namespace ClusterRas.Demo;

/// <summary>What <c>demo/run</c> says; it has checked what the user wrote, so a mistake here is its own.</summary>
internal sealed record DemoOptions
{
    /// <summary>Nodes of the cluster: 3 to 16.</summary>
    public int Nodes { get; private init; } = 16;

    /// <summary>Keep the cluster up when the story is told.</summary>
    public bool Stay { get; private init; }

    /// <summary>True: <see cref="LoopbackBed"/>. False: <see cref="NamespaceBed"/>.</summary>
    public bool IsLoopback { get; private init; }

    /// <summary>Why there are no namespaces; empty with namespaces.</summary>
    public string BedReason { get; private init; } = "";

    /// <summary>Native wires beside gRPC, as for <c>--wires</c>, or "mix"; empty: gRPC alone.</summary>
    public string Wires { get; private init; } = "";

    /// <summary>The folder of the native wires' libraries.</summary>
    public string Libraries { get; private init; } = "";

    /// <summary>The folder for everything that the demo writes; goes when it ends.</summary>
    public string Home { get; private init; } = "";

    /// <summary>The daemon's executable.</summary>
    public string Rasd { get; private init; } = "";

    /// <summary>The operator's executable.</summary>
    public string Rasctl { get; private init; } = "";

    /// <summary>Reads the arguments.</summary>
    /// <exception cref="ArgumentException">An unknown option, or one without its value.</exception>
    public static DemoOptions Parse(string[] args)
    {
        var options = new DemoOptions();
        var at = 0;
        for (; at < args.Length; at++)
        {
            options = args[at] switch
            {
                "--stay" => options with { Stay = true },
                "--nodes" => options with { Nodes = int.Parse(Value(), CultureInfo.InvariantCulture) },
                "--wires" => options with { Wires = Value() },
                "--libraries" => options with { Libraries = Value() },
                "--bed" => options with { IsLoopback = Value() == "loopback" },
                "--bed-reason" => options with { BedReason = Value() },
                "--home" => options with { Home = Value() },
                "--rasd" => options with { Rasd = Value() },
                "--rasctl" => options with { Rasctl = Value() },
                _ => throw new ArgumentException($"unknown option {args[at]}; start the demo with ./x demo"),
            };
        }

        return options is { Home: "" } or { Rasd: "" } or { Rasctl: "" }
            ? throw new ArgumentException("start the demo with ./x demo")
            : options;

        string Value() => ++at < args.Length ? args[at] : throw new ArgumentException($"{args[at - 1]} has no value");
    }
}
