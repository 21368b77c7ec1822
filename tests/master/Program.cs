using ClusterRas.Master.Tests;

if (args is ["victim", var folder])
{
    return LedgerVictim.Run(folder);
}

// As the generated entry point has it.
return args.Any(arg => arg is "-automated" or "@@")
    ? await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args)
    : await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(
        args,
        SelfRegisteredExtensions.AddSelfRegisteredExtensions
    );
