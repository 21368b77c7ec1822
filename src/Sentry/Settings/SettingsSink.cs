using ClusterRas.Fabric;

namespace ClusterRas.Sentry.Settings;

/// <summary>Puts given options into a node's settings, in the order in which they were given: the last one holds.</summary>
internal sealed class SettingsSink(ProblemList problems, OtherSettings others)
{
    private readonly ValueReader values = new(problems);

    public void Take(NodeSettings node, string owner, GivenOption given)
    {
        var value = given.Value;
        node.IsTold = true;
        switch (given.Option.Name)
        {
            case SettingOption.Cna:
                node.HasCna = true;
                node.Cna = values.OwnCna($"{owner}: --cna", value);
                break;
            case SettingOption.Eid:
                node.OwnEidsAt = value.At;
                node.OwnEids = values.OwnEids($"{owner}: --eid", value);
                values.CheckCase($"{owner}: --eid", value);
                break;
            case SettingOption.PanicTimeout:
                node.Timeouts.PanicMs = Timeout(owner, given);
                break;
            case SettingOption.RebootTimeout:
                node.Timeouts.KernelRebootMs = Timeout(owner, given);
                break;
            case SettingOption.ServerEid:
                node.Lists = values.EidLists($"{owner}: --server_eid", value);
                break;
            case SettingOption.JettyId:
                node.Jetty = values.Number(
                    $"{owner}: --client_jetty_id",
                    value,
                    $"a whole number, {JettyId.Min} to {JettyId.Max}",
                    TopologyProblemCode.JettyRange
                );
                break;
            case SettingOption.ServerCna:
                node.Cnas = values.Cnas($"{owner}: --server_cna", value);
                break;
            default:
                TakeOther(node, owner, given);
                break;
        }
    }

    /// <summary>Checks what a later one in the same command overrides: its value is nothing to sysSentry, its form is.</summary>
    public void CheckForm(string owner, GivenOption given)
    {
        var called = $"{owner}: --{given.Option.Name}";
        switch (given.Option.Kind)
        {
            case SettingKind.Number when !PythonInt.TryParse(given.Value.Text, out _):
                values.Number(called, given.Value, "a whole number", TopologyProblemCode.Setting);
                break;
            case SettingKind.Switch:
                values.CheckSwitch(called, given.Value);
                break;
            default:
                break;
        }
    }

    private Said<int>? Timeout(string owner, GivenOption given) =>
        values.Number(
            $"{owner}: --{given.Option.Name}",
            given.Value,
            "a whole number, 0 to 3600000 ms",
            TopologyProblemCode.Timeout
        );

    private void TakeOther(NodeSettings node, string owner, GivenOption given)
    {
        others.Count(given.Option.Name, given.Name.At);
        switch (given.Option.Kind)
        {
            case SettingKind.Policy:
                PolicyReader.Check($"{owner}: --{given.Option.Name}", given.Value, problems);
                break;
            case SettingKind.Switch:
                values.CheckSwitch($"{owner}: --{given.Option.Name}", given.Value);
                CheckWays(node, owner, given);
                break;
            default:
                break;
        }
    }

    // The driver keeps one of the two on, and refuses the second "off".
    private void CheckWays(NodeSettings node, string owner, GivenOption given)
    {
        if (given.Option.Name is not (SettingOption.UvbWay or SettingOption.UrmaWay))
        {
            return;
        }

        node.Ways[given.Option.Name] = given.Value.Text;
        if (node.Ways.Count == 2 && node.Ways.Values.All(way => way == "off"))
        {
            problems.Add(
                given.Value.At,
                TopologyProblemCode.Setting,
                $"{owner}: --{SettingOption.UvbWay} and --{SettingOption.UrmaWay} are both off",
                "one of them on",
                "leave one on"
            );
        }
    }
}
