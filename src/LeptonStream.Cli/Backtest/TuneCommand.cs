using System.CommandLine;
using LeptonStream.Backtest;
using LeptonStream.Backtest.Proposals;
using LeptonStream.Cli.CommandLine;
using LeptonStream.Detection.Policies;

namespace LeptonStream.Cli.Backtest;

/// <summary><c>lepton tune</c>.</summary>
internal static class TuneCommand
{
    public static Command Create()
    {
        var path = new Argument<string>("PATH")
            { Description = "A CSV or TSV file, or a folder of them, as lepton backtest reads it: labelled, or not" };
        var step = BacktestCommand.Step();
        var labels = new Option<string?>("--labels")
            { Description = "A labels.json that lists the true anomalies by file name, where the files have none themselves",
            HelpName = "FILE" };
        var policies = new Option<string?>("--policies")
            { Description = "The present detection policies; the proposals belong in front of their rules", HelpName = "FILE" };
        var output = new Option<string?>("--output")
            { Description = "Write the proposed policies here instead of standard output", HelpName = "FILE" };
        var command = new Command("tune",
            "Propose detection policies from recorded series: budgets, directions and gates that miss fewer events "
            + "and raise fewer false alerts")
        {
            path, step, labels, policies, output,
        }.WithExamples(
            ("lepton tune series/ > detection.yaml", "the proposals as a policy file; the table before and after on standard error"),
            ("lepton tune --labels incidents.json --output detection.yaml series/", "with the incidents of a list"));
        command.SetAction((parsed, stop) => Task.Run(
            () => Run(
                new(parsed.GetRequiredValue(path), parsed.GetValue(step) is { } seconds ? TimeSpan.FromSeconds(seconds) : null)
                {
                    Policies = BacktestCommand.Policies(parsed.GetValue(policies)),
                    Labels = parsed.GetValue(labels),
                },
                parsed.GetValue(output),
                stop),
            stop));
        return command;
    }

    private static int Run(BacktestOptions options, string? output, CancellationToken stop)
    {
        if (options.Labels is { } labels && !File.Exists(labels)) throw new WrongUsageException($"--labels: {labels} does not exist");
        TuningResult result;
        try
        {
            result = new TuningRun(options).Run(stop);
        }
        catch (FileNotFoundException missing)
        {
            Console.Error.WriteLine($"lepton: {missing.Message}");
            return ExitCode.WrongUsage;
        }

        if (result.Before.Count == 0)
        {
            Console.Error.WriteLine("lepton: none of the files can be judged; lepton backtest says why");
            return ExitCode.Failed;
        }

        Console.Error.Write(TuningReport.Text(result));
        var text = ProposedPolicies.Text(result);
        if (output is null) Console.Out.Write(text);
        else File.WriteAllText(output, text);
        return ExitCode.Sound;
    }
}
