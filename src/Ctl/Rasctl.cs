using System.CommandLine;
using System.CommandLine.Help;
using ClusterRas.Ctl.Asking;
using ClusterRas.Ctl.Commands;

namespace ClusterRas.Ctl;

/// <summary>The whole command line.</summary>
internal static class Rasctl
{
    /// <summary>EPIPE; for such failures .NET tells the number of the system.</summary>
    private const int BrokenPipe = 32;

    /// <summary>Runs one command to its end. Never throws for what the operator, the cluster or a reader did.</summary>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(string[] args, Surroundings surroundings, CancellationToken stop)
    {
        try
        {
            var exitCode = await ParseAndRunAsync(args, surroundings, stop).ConfigureAwait(false);
            await surroundings.Out.FlushAsync(stop).ConfigureAwait(false);
            return exitCode;
        }
        catch (RefusedException refused)
        {
            await surroundings.Out.FlushAsync(CancellationToken.None).ConfigureAwait(false);
            surroundings.Note(refused.Message);
            return refused.ExitCode;
        }
        catch (Exception) when (stop.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
        catch (IOException failure)
        {
            // Nothing but the output is written to here: its reader has seen enough and is gone, or the disk is full.
            if (failure.HResult == BrokenPipe)
            {
                return ExitCode.Done;
            }

            surroundings.Note($"the output cannot be written whole: {failure.Message}");
            return ExitCode.Usage;
        }
    }

    private static async Task<int> ParseAndRunAsync(string[] args, Surroundings surroundings, CancellationToken stop)
    {
        var asking = new AskingOptions();
        var root = new RootCommand(
            """
            Shows and tries a ClusterRas cluster from any node: who is master, who is up, who said its last words.

            Nodes are asked in the order of the topology file, this host's own first, until one answers.
            """
        );
        asking.AddTo(root);
        root.Add(StatusCommand.Create(asking, surroundings));
        root.Add(TopCommand.Create(asking, surroundings));
        root.Add(
            new Command("events", "Incidents: what nodes said before they died, and what became of it.")
            {
                EventsListCommand.Create(asking, surroundings),
                EventsShowCommand.Create(asking, surroundings),
                EventsWatchCommand.Create(asking, surroundings),
                EventsCloseCommand.Create(asking, surroundings),
            }
        );
        root.Add(DrillCommand.Create(asking, surroundings));
        root.Add(TransferCommand.Create(asking, surroundings));
        root.Add(DrainCommand.Create(asking, surroundings));
        root.Add(RecoverCommand.Create(asking, surroundings));
        root.Add(MuteCommands.Create(asking, surroundings));
        root.Add(MuteCommands.Maintenance(asking, surroundings));
        root.Add(AuditCommand.Create(asking, surroundings));
        root.Add(
            new Command("topology", "The map of the cluster: check, take over, write, compare, show and change it.")
            {
                TopologyCheckCommand.Create(asking, surroundings),
                TopologyImportCommand.Create(surroundings),
                TopologyExportCommand.Create(asking, surroundings),
                TopologyPlanCommand.Create(surroundings),
                TopologyDiffCommand.Create(asking, surroundings),
                TopologyShowCommand.Create(asking, surroundings),
                TopologyProbeCommand.Create(asking, surroundings),
                TopologyGetCommand.Create(asking, surroundings),
                TopologyApplyCommand.Create(asking, surroundings),
            }
        );
        root.Add(
            new Command("config", "What is configured: of rasd, of the map's timing, of sysSentry.")
            {
                ConfigCheckCommand.Create(asking, surroundings),
                ConfigExplainCommand.Create(asking, surroundings),
                ConfigSchemaCommand.Create(surroundings),
                ConfigSentryctlCommand.Create(asking, surroundings),
            }
        );
        root.Add(
            new Command("logs", "The lines that rasd writes.") { LogsExplainCommand.Create(asking, surroundings) }
        );
        foreach (var option in root.Options)
        {
            option.Action = option switch
            {
                HelpOption { Action: HelpAction help } => new HelpPage(help),
                VersionOption => new VersionLine(),
                _ => option.Action,
            };
        }

        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0 && parsed.Action is not (HelpPage or VersionLine))
        {
            throw RefusedException.Usage(
                string.Join("\n  ", parsed.Errors.Select(error => error.Message))
                    + $"\n  try: {HelpPage.FullName(parsed.CommandResult.Command)} --help"
            );
        }

        var invocation = new InvocationConfiguration
        {
            Output = surroundings.Out,
            Error = surroundings.Error,
            EnableDefaultExceptionHandler = false,
            // Signals are ours: the token ends commands, and 130 is the answer.
            ProcessTerminationTimeout = null,
        };
        return await parsed.InvokeAsync(invocation, stop).ConfigureAwait(false);
    }
}
