using System.CommandLine;
using System.Globalization;
using LeptonStream.Backtest.SeriesFiles;
using LeptonStream.Cli.CommandLine;
using LeptonStream.Cli.Settings;
using LeptonStream.Explanations;
using Spectre.Console;

namespace LeptonStream.Cli.Replay;

/// <summary><c>lepton replay</c>.</summary>
internal static class ReplayCommand
{
    public static Command Create()
    {
        var path = new Argument<string>("PATH")
        {
            Description = "A CSV or TSV file (.gz too), or a folder of them: timestamp,value[,label], "
                + "or wide with t, ts_ms or timestamp and one column per metric",
        };
        var model = new Option<string?>("--model")
            { Description = "The model to send it as (default: each file's name)", HelpName = "NAME" };
        var speed = new Option<double?>("--speed")
        {
            Description = "How many times faster than it was recorded, or max (the default): without waiting; "
                + "an alert that begins and ends in such a replay notifies nobody",
            HelpName = "FACTOR",
            CustomParser = result =>
            {
                var text = result.Tokens.Single().Value;
                if (text == "max") return double.PositiveInfinity;
                if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var factor) && double.IsFinite(factor)
                    && factor > 0) return factor;
                result.AddError($"--speed is '{text}': it must be a number above 0, such as 1 or 60, or max");
                return 0;
            },
        };
        var rebase = new Option<bool>("--rebase-time")
            { Description = "Move the times so that the last row is sent at its own time; needed where they count from zero" };
        var step = new Option<double>("--step")
            { Description = "Seconds between two counts of a 't' column", HelpName = "SECONDS", DefaultValueFactory = _ => 60 };
        step.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is <= 0 or > 31_536_000 or double.NaN)
                result.AddError("--step must be above 0 and at most a year of seconds");
        });

        var command = new Command("replay", "Send recorded series to the metrics topic; a label column is never sent")
            { path, model, speed, rebase, step }
            .WithSettings("Kafka:BootstrapServers", "Kafka:TopicPrefix")
            .WithExamples(
                ("lepton replay cpu.csv",
                    "as fast as Kafka takes it, with the times in the file: to fill the dashboard, not to test who is notified"),
                ("lepton replay runs/ --speed 60 --rebase-time",
                    "every file of a folder side by side, an hour a minute, as if it happened now"));
        command.SetAction((parsed, stop) => KafkaTool.Run(parsed, kafka => Task.Run(() =>
        {
            var interval = TimeSpan.FromSeconds(parsed.GetValue(step));
            IReadOnlyList<string> paths;
            try
            {
                paths = SeriesFile.Find(parsed.GetRequiredValue(path));
            }
            catch (FileNotFoundException missing)
            {
                throw new WrongUsageException(missing.Message);
            }

            var files = paths.Select(file => SeriesFile.Open(file, interval)).ToArray();
            using var replay = new SeriesReplay(
                kafka, files, parsed.GetValue(model), parsed.GetValue(speed) ?? double.PositiveInfinity, parsed.GetValue(rebase),
                TimeProvider.System);
            var sent = WithProgress(files, progress => replay.Run(progress, stop));
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"sent {EnglishCount.Of(sent.Records, "record")} with {EnglishCount.Of(sent.Samples, "sample")} "
                + $"of {EnglishCount.Of(files.Length, "file")} in "
                + $"{sent.Duration.TotalSeconds:F1} s"));
            foreach (var disorder in replay.Disorder) Console.Error.WriteLine($"lepton: {disorder}");
            if (parsed.GetValue(speed) is null or double.PositiveInfinity)
            {
                Console.Error.WriteLine(
                    "lepton: sent without waiting: an alert that begins and ends in these rows is over before its group_wait is, and "
                        + "notifies nobody; --speed 1 sends in event time");
            }

            return ExitCode.Sound;
        }, CancellationToken.None)));
        return command;
    }

    // A bar where somebody looks, nothing where nobody does.
    private static SentSeries WithProgress(SeriesFile[] files, Func<Action<int>, SentSeries> run)
    {
        if (!AnsiConsole.Profile.Capabilities.Interactive || Console.IsErrorRedirected) return run(_ => { });
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return console.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context =>
            {
                var bar = context.AddTask(files.Length == 1 ? Markup.Escape(files[0].Name) : $"{files.Length} files",
                    maxValue: files.Sum(file => file.CountRows()));
                return run(rows => bar.Increment(rows));
            });
    }
}
