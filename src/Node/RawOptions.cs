using System.Collections.Immutable;
using ClusterRas.Fabric;
using ClusterRas.Options;

namespace ClusterRas.Node;

/// <summary>What the command line says, and where it says nothing the file, before anything of it is believed. Null: not said.</summary>
internal sealed record RawOptions(
    string? Topology,
    string? Node,
    string? Data,
    IReadOnlyList<string> Devices,
    IReadOnlyList<string> Listen,
    string? Events,
    IReadOnlyList<string> Handlers,
    string? BootIdFile,
    bool Insecure,
    string? Record
)
{
    /// <summary>The file that is named; null: the usual one, if it is there.</summary>
    public string? FilePath { get; init; }

    /// <summary>Log what is ordinary, too.</summary>
    public bool Verbose { get; init; }

    /// <summary>Wires, best first.</summary>
    public string? Wires { get; init; }

    /// <summary>The file of liburma.</summary>
    public string? UrmaLibrary { get; init; }

    /// <summary>The file of channels.</summary>
    public string? Notifications { get; init; }

    /// <summary>The file of libcras_uvb.</summary>
    public string? UvbLibrary { get; init; }

    /// <summary>What the file says that the command line does not; null: there is no file.</summary>
    public NodeFile? File { get; private init; }

    /// <summary>Handlers of the file.</summary>
    public ImmutableArray<HandlerSetting> FileHandlers { get; private init; } = [];

    /// <summary>Where this boot's id is.</summary>
    public string BootIdPath => BootIdFile ?? NodeOption.Of("boot_id_file").Default;

    private ImmutableDictionary<string, string> Places { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>How messages call an option: as it was typed, or by its place in the file.</summary>
    public string NameOf(string option) => Places.GetValueOrDefault(option, option);

    /// <summary>The same, with the file where the command line says nothing.</summary>
    /// <param name="problems">Of the file; taken to.</param>
    public RawOptions WithFile(List<string> problems)
    {
        if (FilePath is null && !System.IO.File.Exists(NodeFile.PathDefault))
        {
            return this;
        }

        var path = FilePath ?? NodeFile.PathDefault;
        if (InputFile.Refusal(path, out var bytes) is { } refusal)
        {
            problems.Add($"--config \"{path}\" cannot be read: {refusal}; expected the file of this node's options");
            return this;
        }

        var (file, found) = NodeFileReader.Read(bytes, path);
        problems.AddRange(found.Select(problem => problem.ToString()));

        // What is typed is seen from where it is typed; what is written, from where it is written.
        var folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/";

        // The command line wins, option by option.
        file = file with
        {
            Topology = Topology is null ? From(folder, file.Topology) : null,
            Node = Node is null ? file.Node : null,
            Data = Data is null ? From(folder, file.Data) : null,
            Devices = Devices.Count == 0 ? [.. file.Devices.Select(device => From(folder, device)!)] : [],
            Listen = Listen.Count == 0 ? file.Listen : [],
            Events = Events is null ? file.Events : null,
            Handlers = Handlers.Count == 0 ? file.Handlers : [],
            Notifications = Notifications is null ? From(folder, file.Notifications) : null,
            BootIdFile = BootIdFile is null ? From(folder, file.BootIdFile) : null,
            Record = Record is null ? From(folder, file.Record) : null,
        };
        return this with
        {
            File = file,
            Topology = Topology ?? file.Topology?.Value,
            Node = Node ?? file.Node?.Value,
            Data = Data ?? file.Data?.Value,
            Devices = Devices.Count > 0 ? Devices : [.. file.Devices.Select(device => device.Value)],
            Listen =
                Listen.Count > 0
                    ? Listen
                    :
                    [
                        .. file.Listen.Select(one =>
                            FormattableString.Invariant($"{one.Die.Value}={one.Address.Value}")
                        ),
                    ],
            Events = Events ?? (file.Events is { } words ? string.Join(',', words.Select(word => word.Value)) : null),
            FileHandlers = file.Handlers,
            Notifications = Notifications ?? file.Notifications?.Value,
            BootIdFile = BootIdFile ?? file.BootIdFile?.Value,
            Insecure = Insecure || file.Insecure is { Value: true },
            Verbose = Verbose || file.Verbose is { Value: true },
            Record = Record ?? file.Record?.Value,
            Places = PlacesOf(file),
        };
    }

    private static Said<string>? From(string folder, Said<string>? path) =>
        path is null ? null : path with { Value = Path.Combine(folder, path.Value) };

    private static ImmutableDictionary<string, string> PlacesOf(NodeFile file)
    {
        var places = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        Add("--node", "node", file.Node?.At);
        Add("--device", "devices", file.Devices.FirstOrDefault()?.At);
        Add("--listen", "listen", file.Listen.FirstOrDefault()?.Address.At);
        Add("--record", "record", file.Record?.At);
        Add("--notifications", "notifications", file.Notifications?.At);
        return places.ToImmutable();

        void Add(string option, string member, Place? at)
        {
            if (at is { } place)
            {
                places[option] = FormattableString.Invariant($"{place.Text.Path}:{place.Line}: {member}");
            }
        }
    }
}
