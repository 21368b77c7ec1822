using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;

namespace ClusterRas.Ctl;

/// <summary>Answers <c>--version</c>.</summary>
internal sealed class VersionLine : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        var version = typeof(VersionLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>();
        parseResult.InvocationConfiguration.Output.WriteLine($"rasctl {version?.InformationalVersion}");
        return ExitCode.Done;
    }
}
