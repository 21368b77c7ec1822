using ClusterRas.Fabric.Drafts;

namespace ClusterRas.Fabric;

/// <summary>Reads the member <c>timeouts</c> of a file or of one of its nodes.</summary>
internal static class TimeoutsReader
{
    public static readonly JsonMemberForm Form = new(
        "timeouts",
        "an object with panic_ms and kernel_reboot_ms",
        "{ \"panic_ms\": 35000, \"kernel_reboot_ms\": 35000 }",
        Required: false
    );

    private const string Expected = "a whole number, 0 to 3600000 ms";

    private static readonly JsonMemberForm Panic = new("panic_ms", Expected, "35000", Required: false);
    private static readonly JsonMemberForm Reboot = new("kernel_reboot_ms", Expected, "35000", Required: false);

    public static void Read(JsonMembers owner, DraftTimeouts timeouts, ProblemList problems)
    {
        if (owner.Get<JsonTree.Object>(Form) is not { } tree)
        {
            return;
        }

        var members = new JsonMembers(tree, owner.Owner, [Panic, Reboot], problems);
        timeouts.PanicMs = members.GetSaid(Panic, TopologyProblemCode.Timeout);
        timeouts.KernelRebootMs = members.GetSaid(Reboot, TopologyProblemCode.Timeout);
    }
}
