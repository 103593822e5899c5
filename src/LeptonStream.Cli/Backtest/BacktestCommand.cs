using System.CommandLine;
using LeptonStream.Cli.CommandLine;
using LeptonStream.Detection.Policies;
using LeptonStream.Detector.Policies;

namespace LeptonStream.Cli.Backtest;

/// <summary><c>lepton backtest</c>.</summary>
internal static class BacktestCommand
{
    public static Command Create()
    {
        var path = new Argument<string>("path")
        {
            Description = "A CSV file, or a folder of them: timestamp,value[,label]; wide files with t or ts_ms; the NAB corpus",
            HelpName = "PATH",
        };
        var step = new Option<double?>("--step") { Description = "Seconds between two counts of a 't' column (default 60)", HelpName = "SECONDS" };
        var scores = new Option<string?>("--scores") { Description = "Write one CSV per input here: timestamp,value,score,alarm,expected,lower,upper", HelpName = "FOLDER" };
        var vus = new Option<int?>("--vus") { Description = "Also compute VUS-PR with buffers up to this many rows, as TSB-AD does (slow on long series)", HelpName = "ROWS" };
        var policies = new Option<string?>("--policies") { Description = "Judge by this file of detection policies, as the detector would", HelpName = "FILE" };
        var json = new Option<bool>("--json") { Description = "One JSON object on standard output, nothing else" };
        step.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double?>() is <= 0 or > 31_536_000) result.AddError("--step must be a number of seconds above 0 and at most a year");
        });

        vus.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 1 or > 10_000) result.AddError("--vus must be a number of rows from 1 to 10000");
        });

        var command = new Command("backtest", "Run the detection pipeline over labelled series and score its alarms") { path, step, scores, vus, policies, json }.WithExamples(
            ("lepton backtest nab", "every labelled file below the folder nab: a row per file, totals per folder, and NAB's own scores"),
            ("lepton backtest --step 300 --scores out machine.csv", "one entity whose rows are five minutes apart; out/machine.csv gets the score of every row"));
        command.SetAction((parsed, stop) => Task.Run(
            () => Run(
                new(parsed.GetRequiredValue(path), parsed.GetValue(step) is { } seconds ? TimeSpan.FromSeconds(seconds) : null, parsed.GetValue(scores), parsed.GetValue(vus), Policies(parsed.GetValue(policies))),
                parsed.GetValue(json),
                stop),
            stop));
        return command;
    }

    private static PolicySet? Policies(string? file)
    {
        if (file is null) return null;
        return PolicyFile.Read(file, out var errors) ?? throw new WrongUsageException([.. errors.Select(error => $"--policies: {error}")]);
    }

    private static int Run(BacktestOptions options, bool json, CancellationToken stop)
    {
        BacktestResult result;
        try
        {
            result = new BacktestRun(options).Run(stop);
        }
        catch (FileNotFoundException missing)
        {
            Console.Error.WriteLine($"lepton: {missing.Message}");
            return ExitCode.WrongUsage;
        }

        if (json)
        {
            using var output = Console.OpenStandardOutput();
            BacktestReport.WriteJson(result, output);
            output.WriteByte((byte)'\n');
        }
        else Console.Out.Write(BacktestReport.Text(result));

        return result.Files.Count > 0 ? ExitCode.Sound : ExitCode.Failed;
    }
}
