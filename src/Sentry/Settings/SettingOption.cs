using System.Collections.Immutable;

namespace ClusterRas.Sentry.Settings;

/// <summary>What kind of value an option takes.</summary>
internal enum SettingKind
{
    /// <summary>on or off.</summary>
    Switch,

    /// <summary>A whole number.</summary>
    Number,

    /// <summary>1 or 2 eids.</summary>
    Eids,

    /// <summary>1 or 2 lists of eids.</summary>
    EidLists,

    /// <summary>A list of CNAs.</summary>
    Cnas,

    /// <summary>JSON.</summary>
    Policy,
}

/// <summary>An option of <c>sentryctl set</c>.</summary>
/// <param name="Module">The word before it.</param>
/// <param name="Name">Without the dashes.</param>
/// <param name="Kind">Of its value.</param>
internal sealed record SettingOption(string Module, string Name, SettingKind Kind)
{
    public const string Reporter = "sentry_remote_reporter";
    public const string Urma = "sentry_urma_comm";
    public const string Uvb = "sentry_uvb_comm";
    public const string Local = "sentry_reporter";

    public const string UvbWay = "uvb_comm";
    public const string UrmaWay = "urma_comm";

    public const string Cna = "cna";
    public const string Eid = "eid";
    public const string PanicTimeout = "panic_timeout_ms";
    public const string RebootTimeout = "kernel_reboot_timeout_ms";
    public const string ServerEid = "server_eid";
    public const string JettyId = "client_jetty_id";
    public const string ServerCna = "server_cna";

    /// <summary>All of them, in the order of sysSentry's own help. Source: sysSentry's own command, its manual, its help.</summary>
    public static readonly ImmutableArray<SettingOption> All =
    [
        new(Reporter, Cna, SettingKind.Number),
        new(Reporter, Eid, SettingKind.Eids),
        new(Reporter, UvbWay, SettingKind.Switch),
        new(Reporter, UrmaWay, SettingKind.Switch),
        new(Reporter, "panic", SettingKind.Switch),
        new(Reporter, "kernel_reboot", SettingKind.Switch),
        new(Reporter, PanicTimeout, SettingKind.Number),
        new(Reporter, RebootTimeout, SettingKind.Number),
        new(Urma, ServerEid, SettingKind.EidLists),
        new(Urma, JettyId, SettingKind.Number),
        new(Urma, "heartbeat", SettingKind.Switch),
        new(Uvb, ServerCna, SettingKind.Cnas),
        new(Local, "ub_mem_fault_with_kill", SettingKind.Switch),
        new(Local, "ub_mem_fault", SettingKind.Switch),
        new(Local, "power_off", SettingKind.Switch),
        new(Local, "oom", SettingKind.Switch),
        new(Local, "oom_policy", SettingKind.Policy),
    ];

    public static readonly ImmutableArray<string> Modules = [Reporter, Urma, Uvb, Local];
}

/// <summary>An option with the value that a line gives it.</summary>
internal sealed record GivenOption(SettingOption Option, ShellWord Name, ShellWord Value);
