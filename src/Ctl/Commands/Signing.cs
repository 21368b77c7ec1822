using System.CommandLine;

namespace ClusterRas.Ctl.Commands;

/// <summary>The options of whatever is kept in the audit: who does it, and why.</summary>
internal sealed class Signing
{
    private readonly Option<string?> by = new("--by")
    {
        Description = "Who does it, for the audit. Default: the name of the user who is logged in",
        HelpName = "NAME",
    };
    private readonly Option<string?> why = new("--why")
    {
        Description = "The reason, for the audit",
        HelpName = "TEXT",
    };

    public void AddTo(Command command)
    {
        command.Add(by);
        command.Add(why);
    }

    public string By(ParseResult parsed) => parsed.GetValue(by) ?? Environment.UserName;

    public string Why(ParseResult parsed) => parsed.GetValue(why) ?? "";
}
