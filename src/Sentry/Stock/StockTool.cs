using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using ClusterRas.Sentry.Settings;

namespace ClusterRas.Sentry.Stock;

/// <summary>sysSentry's own verdict over <c>sentryctl set</c>: its rules, in its order, with what each of them says.</summary>
/// <remarks>
/// Held against 164 recorded commands, and against Python itself for random ones. The drivers' part is from their sources.
/// </remarks>
public sealed class StockTool
{
    private const int RequestLengthMax = 9999;
    private const string SomeFailed = "Some parameters failed to set";

    private readonly StockMachine machine;
    private readonly StockDrivers drivers;
    private readonly List<StockWrite> writes = [];
    private readonly List<StockReason> reasons = [];
    private bool hasFailed;

    private StockTool(StockMachine machine)
    {
        this.machine = machine;
        drivers = new StockDrivers(machine);
    }

    /// <summary>Runs one command.</summary>
    /// <param name="words">Behind <c>sentryctl</c>: <c>set</c>, the module, its options.</param>
    /// <param name="machine">Changed as the command changes it, also by one that is refused in the end.</param>
    /// <returns>Null: it is not for <c>set</c>.</returns>
    public static StockVerdict? Run(IReadOnlyList<string> words, StockMachine machine)
    {
        var (request, refusal) = StockParser.Parse(words);
        return refusal ?? (request is null ? null : new StockTool(machine).Serve(request));
    }

    private StockVerdict Serve(StockRequest request)
    {
        if (LengthOf(request) > RequestLengthMax)
        {
            return StockVerdict.ByService("The request message sent by the sentryctl command exceeds the length limit");
        }

        var says = request.Module switch
        {
            SettingOption.Reporter => ServeReporter(request.Values),
            SettingOption.Urma => ServeUrma(request.Values),
            SettingOption.Uvb => ServeUvb(request.Values[SettingOption.ServerCna]),
            SettingOption.Local => ServeLocal(request.Values),
            _ => "Unknown task name: None",
        };
        if (says is not null)
        {
            return StockVerdict.ByService(says, [.. writes]);
        }

        return !hasFailed ? new StockVerdict(0, StockRefusal.Nobody, "", [], [.. writes])
            : reasons.Count > 0 ? new StockVerdict(255, StockRefusal.Driver, SomeFailed, [.. reasons], [.. writes])
            : StockVerdict.ByService(SomeFailed, [.. writes]);
    }

    private string? ServeReporter(Dictionary<string, string> values)
    {
        if (values.TryGetValue(SettingOption.Cna, out var cna))
        {
            if (cna.StartsWith('-'))
            {
                return "cna should be a number not less than 0.";
            }

            Write("sentry_remote_reporter/cna", cna);
        }

        if (values.TryGetValue(SettingOption.Eid, out var eid))
        {
            var parts = eid.Split(';');
            if (parts.Length > 2)
            {
                return "invalid value for extraneous semicolon.";
            }

            foreach (var length in parts.Select(PythonText.Length).Where(length => length != Fabric.Eid.TextLength))
            {
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"The length of eid must be {Fabric.Eid.TextLength}, but the detected input length is {length}."
                );
            }

            Write("sentry_remote_reporter/eid", eid);
        }

        foreach (
            var (option, file) in new[]
            {
                (SettingOption.UvbWay, "uvb_comm"),
                (SettingOption.UrmaWay, "urma_comm"),
                ("panic", "panic"),
                (SettingOption.PanicTimeout, "panic_timeout"),
                ("kernel_reboot", "kernel_reboot"),
                (SettingOption.RebootTimeout, "kernel_reboot_timeout"),
            }
        )
        {
            WriteIf(values, option, $"sentry_remote_reporter/{file}");
        }

        return null;
    }

    private string? ServeUrma(Dictionary<string, string> values)
    {
        var hasLists = values.TryGetValue(SettingOption.ServerEid, out var lists);
        if (hasLists != values.TryGetValue(SettingOption.JettyId, out var jetty))
        {
            return "Options --server_eid and --client_jetty_id need to be used together";
        }

        if (hasLists)
        {
            if (AreLists(lists!) && IsJetty(jetty!))
            {
                // As it was given, with blanks around it.
                Write("sentry_urma_comm/client_info", $"{lists} {jetty}");
            }
            else
            {
                hasFailed = true;
            }
        }

        WriteIf(values, "heartbeat", "sentry_urma_comm/heartbeat");
        return null;
    }

    private static bool IsJetty(string text) =>
        BigInteger.Parse(text, CultureInfo.InvariantCulture) is var jetty
        && jetty >= Fabric.JettyId.Min
        && jetty <= Fabric.JettyId.Max;

    private static bool AreLists(string text)
    {
        var lists = PythonText.Strip(text).Split(';');
        return lists.Length <= Fabric.Limits.DieCountMax
            && lists.All(list =>
                list.Split(',').All(eid => PythonText.Length(PythonText.Strip(eid)) == Fabric.Eid.TextLength)
            );
    }

    private string? ServeUvb(string text)
    {
        const int lengthMax = 22;
        var stripped = PythonText.Strip(text);
        var parts = stripped.Split(';');
        if (
            parts.Length <= Fabric.Limits.NodeCountMax
            && parts.All(part => PythonText.Length(PythonText.Strip(part)) is > 0 and <= lengthMax)
        )
        {
            Write("sentry_uvb_comm/server_cna", stripped);
        }
        else
        {
            hasFailed = true;
        }

        return null;
    }

    private string? ServeLocal(Dictionary<string, string> values)
    {
        foreach (var name in new[] { "ub_mem_fault_with_kill", "ub_mem_fault", "power_off", "oom" })
        {
            WriteIf(values, name, $"sentry_reporter/{name}");
        }

        if (!values.TryGetValue("oom_policy", out var policy))
        {
            return null;
        }

        if (StockPolicy.Refusal(policy, out var rates) is { } refusal)
        {
            return refusal;
        }

        Write("sentry_reporter/oom_rate_limit", rates);
        return null;
    }

    private void WriteIf(Dictionary<string, string> values, string option, string file)
    {
        if (values.TryGetValue(option, out var text))
        {
            Write(file, text);
        }
    }

    private void Write(string file, string text)
    {
        if (!machine.HasDrivers)
        {
            hasFailed = true;
            return;
        }

        var (errno, reason) = drivers.Write(file, text + "\n");
        writes.Add(new StockWrite(file, text + "\n", errno));
        if (reason is not null)
        {
            hasFailed = true;
            reasons.Add(reason);
        }
    }

    // {"type": "set", "data": {"cmd_type": "set", "set_ko_name": ..., and every option of the module, "null" where it is not given}}
    private static int LengthOf(StockRequest request)
    {
        const int around = 27;
        var length = around + Member("cmd_type", LengthOfText("set")) + 2;
        length += Member("set_ko_name", request.Module is { } module ? LengthOfText(module) : "null".Length);
        foreach (var option in SettingOption.All.Where(option => option.Module == request.Module))
        {
            var value =
                !request.Values.TryGetValue(option.Name, out var text) ? "null".Length
                : option.Kind == SettingKind.Number ? text.Length
                : LengthOfText(text);
            length += 2 + Member(option.Name, value);
        }

        return length;

        static int LengthOfText(string text) => PythonText.LengthAsJson(text);

        static int Member(string name, int valueLength) => name.Length + 4 + valueLength;
    }
}
