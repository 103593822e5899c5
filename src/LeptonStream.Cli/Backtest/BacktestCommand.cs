using System.CommandLine;
using LeptonStream.Backtest;
using LeptonStream.Backtest.Html;
using LeptonStream.Cli.CommandLine;
using LeptonStream.Detection;
using LeptonStream.Detection.Policies;
using LeptonStream.Detector.Policies;
using LeptonStream.Explanations;
using LeptonStream.Feedback;
using LeptonStream.Policies;

namespace LeptonStream.Cli.Backtest;

/// <summary><c>lepton backtest</c>.</summary>
internal static class BacktestCommand
{
    public static Command Create()
    {
        var path = new Argument<string>("PATH")
        {
            Description =
                "A CSV or TSV file (.gz too), or a folder of them: timestamp,value[,label]; wide files with t or ts_ms; the NAB corpus; "
                + "training runs with labels.json and runs.json",
        };
        var step = Step();
        var scores = new Option<string?>("--scores")
            { Description = "Write one CSV per input here: timestamp,value,score,alarm,expected,lower,upper", HelpName = "FOLDER" };
        var vus = new Option<int?>("--vus")
            { Description = "The longest buffer of VUS-PR (default 100, as TSB-AD's metrics)", HelpName = "ROWS" };
        var html = new Option<string?>("--html")
            { Description = "Write a report with a chart of every series here: one file that needs nothing beside itself",
            HelpName = "FILE" };
        var policies = new Option<string?>("--policies")
            { Description = "Judge by this file of detection policies, as the detector would", HelpName = "FILE" };
        var budgets = new Option<bool>("--budgets")
            { Description = "Judge everything at warning budgets of 1, 3, 7 and 30 days, too: false episodes allowed and realised" };
        var feedback = new Option<string?>("--feedback")
            { Description = "Judge everything once more with the verdicts of this file, one record of the feedback topic a line: "
                + "alerts before and after, and labelled events or confirmed alerts that are lost", HelpName = "FILE" };
        var strict = new Option<bool>("--strict") { Description = "Exit code 1 if a file was skipped or a row was not judged" };
        var set = new Option<string[]>("--set")
        {
            Description = "A tuned constant of the pipeline, for engineers; may be given several times",
            HelpName = "Name=value",
            DefaultValueFactory = _ => [],
            Hidden = true,
        };
        var json = new Option<bool>("--json") { Description = "One JSON object on standard output, nothing else" };
        vus.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 1 or > 10_000) result.AddError("--vus must be a number of rows from 1 to 10000");
        });

        var command = new Command("backtest",
            "Run the detection pipeline over recorded series: list what it finds, and score it where labels say what is true")
        {
            path, step, scores, vus, html, policies, budgets, feedback, strict, set, json,
        }.WithExamples(
            ("lepton backtest cpu.csv", "what would have been alerted, when and how much; no labels needed"),
            ("lepton backtest nab", "every labelled file below the folder nab: a row per file, totals per folder, and NAB's own scores"),
            ("lepton backtest --step 300 --scores out machine.csv",
                "one entity whose rows are five minutes apart; out/machine.csv gets the score of every row"),
            ("lepton backtest --budgets nab", "does the warning budget keep its promise? the false episodes at four of them"),
            ("lepton backtest --html report.html nab", "look through all series in a browser: labels, bands, scores, alarms"));
        command.SetAction((parsed, stop) => Task.Run(
            () => Run(
                parsed.GetValue(set) ?? [],
                new(parsed.GetRequiredValue(path), parsed.GetValue(step) is { } seconds ? TimeSpan.FromSeconds(seconds) : null)
                {
                    Scores = parsed.GetValue(scores),
                    VusWindow = parsed.GetValue(vus) ?? VolumeUnderSurface.ComparableWindow,
                    Html = parsed.GetValue(html),
                    Policies = Policies(parsed.GetValue(policies)),
                    Dial = parsed.GetValue(budgets),
                    Feedback = Feedback(parsed.GetValue(feedback)),
                },
                parsed.GetValue(strict),
                parsed.GetValue(json),
                stop),
            stop));
        return command;
    }

    /// <summary>The option that says how far the counts of a <c>t</c> column are apart.</summary>
    public static Option<double?> Step()
    {
        var step = new Option<double?>("--step")
            { Description = "Seconds between two counts of a 't' column (default 60)", HelpName = "SECONDS" };
        step.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double?>() is <= 0 or > 31_536_000)
                result.AddError("--step must be a number of seconds above 0 and at most a year");
        });
        return step;
    }

    /// <summary>The policies of a file; null where none is given.</summary>
    /// <exception cref="WrongUsageException">It can't be used.</exception>
    public static PolicySet? Policies(string? file)
    {
        if (file is null) return null;
        return PolicyFile.Read(file, out var errors) ?? throw new WrongUsageException([.. errors.Select(error => $"--policies: {error}")]);
    }

    private static IReadOnlyList<FeedbackEvent>? Feedback(string? file)
    {
        try
        {
            return file is null ? null : FeedbackFile.Read(file);
        }
        catch (InvalidDataException wrong)
        {
            throw new WrongUsageException($"--feedback: {wrong.Message}");
        }
    }

    private static int Run(string[] constants, BacktestOptions options, bool strict, bool json, CancellationToken stop)
    {
        var tuning = new TuningCatalog(typeof(DetectionPolicy).Assembly);
        string[] wrong = [.. constants.Select(tuning.Set).OfType<string>()];
        if (wrong.Length > 0) throw new WrongUsageException(wrong);
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

        if (options.Html is { } report)
        {
            HtmlReport.Write(result, report);
            Console.Error.WriteLine($"report: {report}");
        }

        if (json)
        {
            using var output = Console.OpenStandardOutput();
            BacktestJson.Write(result, output);
            output.WriteByte((byte)'\n');
        }
        else Console.Out.Write(BacktestReport.Text(result));

        foreach (var complaint in result.Complaints) Console.Error.WriteLine($"lepton: {complaint}");
        if (strict && (result.RowsNotJudged > 0 || result.Skipped.Count > 0))
        {
            Console.Error.WriteLine($"lepton: --strict: {EnglishCount.Of(result.RowsNotJudged, "row")} not judged, "
                + $"{EnglishCount.Of(result.Skipped.Count, "file")} skipped");
            return ExitCode.Failed;
        }

        return result.Files.Count > 0 || result.Training is not null ? ExitCode.Sound : ExitCode.Failed;
    }
}
