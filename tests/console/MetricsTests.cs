using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using ClusterRas.Console.View;
using ClusterRas.Protocol;

namespace ClusterRas.Console.Tests;

public sealed class MetricsTests
{
    /// <summary>Where build/install-test-tools puts it.</summary>
    private static readonly string Unpacked = Path.GetFullPath(
        Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "promtool", "usr", "bin", "promtool")
    );

    [Fact]
    public void Metrics_TellWhatTheStatusTells()
    {
        var known = new Known { Storage = "disk full" };
        known.Join(2);
        known.Open(2, EventKind.Panic, Known.Word(3, 2, EventKind.Panic));

        var lines = MetricsText.Of(known.Status(), "1.2").Split('\n');

        lines.ShouldContain("clusterras_build_info{version=\"1.2\"} 1");
        lines.ShouldContain("clusterras_is_master 1");
        lines.ShouldContain("clusterras_master_heard_age_seconds 0.04");
        lines.ShouldContain("clusterras_quorum_spare 1");
        lines.ShouldContain("clusterras_storage_stalled 1");
        lines.ShouldContain("clusterras_incidents_open{kind=\"panic\"} 1");
        lines.ShouldContain("clusterras_incidents_open{kind=\"out of memory\"} 0");
        lines.ShouldContain("clusterras_node_state{node=\"n02\",state=\"told\"} 1");
    }

    [Fact]
    public void Metrics_OfNobodyKnown_LeaveOutWhatIsNotKnown()
    {
        var text = MetricsText.Of(new Known { Master = null }.Status(), "a\"b\\c\nd");

        text.ShouldNotContain("clusterras_master_heard_age_seconds");
        text.ShouldContain("clusterras_master_known 0\n");
        text.ShouldContain("version=\"a\\\"b\\\\c\\nd\"");
    }

    [Fact]
    public async Task Metrics_AreAcceptedByPromtool()
    {
        var (exitCode, said) = await PromtoolAsync(
            MetricsText.Of(new Known().Status(), "1.2\n\"x\""),
            "check",
            "metrics"
        );
        said.ShouldBe("");
        exitCode.ShouldBe(0);
    }

    [Fact]
    public async Task Alerts_FireWhenTheyShould_ByPromtool()
    {
        var (exitCode, said) = await PromtoolAsync(
            "",
            "test",
            "rules",
            Path.Combine(AppContext.BaseDirectory, "prometheus", "alerts.test.yml")
        );
        said.ShouldBe("");
        exitCode.ShouldBe(0);
    }

    [Fact]
    public async Task Alerts_NameMetricsThatThereAre()
    {
        var rules = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "prometheus", "alerts.yml"));
        var there = Measure.All.Select(measure => measure.PrometheusName);
        var named = Regex.Matches(rules, "clusterras_[a-z_]+").Select(match => match.Value).Distinct();
        named.Except(there).ShouldBeEmpty();
    }

    [Fact]
    public async Task Dashboard_AsksForMetricsThatThereAre_InWordsThatPrometheusTakes_AndLeavesNoneOut()
    {
        var file = Path.Combine(AppContext.BaseDirectory, "grafana", "clusterras.json");
        using var dashboard = JsonDocument.Parse(await File.ReadAllTextAsync(file));
        var panels = dashboard.RootElement.GetProperty("panels").EnumerateArray().ToList();
        var queries = panels
            .SelectMany(panel => panel.GetProperty("targets").EnumerateArray())
            .Select(target => target.GetProperty("expr").GetString()!)
            .ToList();
        var named = queries
            .SelectMany(query => Regex.Matches(query, "clusterras_[a-z_]+").Select(match => match.Value))
            .ToHashSet();

        var there = Measure.All.Select(measure => measure.PrometheusName).ToList();
        named.Except(there).ShouldBeEmpty("asked for, and told by nobody");
        there
            .Except(named)
            .Except(["clusterras_voters", "clusterras_voters_live", "clusterras_incidents_held"])
            .ShouldBeEmpty("told, and not shown");
        panels.Select(panel => panel.GetProperty("id").GetInt32()).ShouldBeUnique();

        // As rules, so that promtool reads them.
        var rules = queries.Select((query, at) => $"  - {{ record: q{at}, expr: {JsonSerializer.Serialize(query)} }}");
        var (exitCode, said) = await PromtoolAsync(
            $"groups:\n- name: dashboard\n  rules:\n{string.Join('\n', rules)}\n",
            "check",
            "rules",
            "/dev/stdin"
        );
        said.ShouldBe("");
        exitCode.ShouldBe(0);
    }

    /// <summary>What it complains about; its success is said elsewhere.</summary>
    private static async Task<(int ExitCode, string Said)> PromtoolAsync(string input, params string[] args)
    {
        var start = new ProcessStartInfo(File.Exists(Unpacked) ? Unpacked : "promtool", args)
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        Process? process = null;
        try
        {
            process = Process.Start(start);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // It is said below.
        }

        Assert.SkipWhen(process is null, "promtool is not there; build/install-test-tools unpacks it as root");
        using (process)
        {
            await process!.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync();
            var said = await process.StandardError.ReadToEndAsync();
            await output;
            await process.WaitForExitAsync();
            return (process.ExitCode, said);
        }
    }
}
