using ClusterRas.Transport.Tests;

if (args is ["urma", ..])
{
    return await UrmaChild.RunAsync(args[1..]);
}

if (args is ["uvb", var library, var device])
{
    return await UvbChild.RunAsync(library, device);
}

// As the generated entry point has it.
return args.Any(arg => arg is "-automated" or "@@")
    ? await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args)
    : await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(
        args,
        SelfRegisteredExtensions.AddSelfRegisteredExtensions
    );
