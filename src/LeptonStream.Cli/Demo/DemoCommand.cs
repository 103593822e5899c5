using System.CommandLine;
using System.Diagnostics;
using LeptonStream.Cli.CommandLine;
using LeptonStream.Cli.Settings;
using LeptonStream.Detector;
using LeptonStream.Output;
using LeptonStream.Samples;
using LeptonStream.Simulator;
using LeptonStream.Yaml;
using Spectre.Console;

namespace LeptonStream.Cli.Demo;

/// <summary><c>lepton demo</c>.</summary>
internal static class DemoCommand
{
    private const string Brokers = "Kafka:BootstrapServers";

    // For people to watch: ten seconds for each of twelve faults.
    private static readonly TimeSpan WatchableDuration = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan WholeStory = TimeSpan.FromDays(2);

    public static Command Create()
    {
        var duration = Length("--duration",
            "How long the faults take, such as 90s or 2m (default: 2m to watch, as fast as it goes with --once); the quiet half before "
            + "is always learned as fast as it goes");
        var speed = new Option<double?>("--speed")
            { Description = "Instead of --duration: simulated seconds per second while there are faults", HelpName = "FACTOR" };
        var story = Length("--story", "Simulated time, at least 3h (default 2d: a quiet day to learn from, then a day with twelve faults)");
        var seed = new Option<int>("--seed") { Description = "Same seed, same story", HelpName = "N", DefaultValueFactory = _ => 1 };
        var once = new Option<bool>("--once")
        {
            Description =
                "Exit when the story is over: 0 if at most 2 faults were missed, at most 3 alerts were false and all counts agree, else 1",
        };
        var json = new Option<bool>("--json") { Description = "One JSON object on standard output and nothing else; implies --once" };
        var noDashboard = new Option<bool>("--no-dashboard") { Description = "Do not serve the dashboard" };
        speed.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double?>() is not null and not (>= 1 and <= 1e6))
                result.AddError("--speed must lie between 1 and 1000000 simulated seconds per second");
        });
        story.Validators.Add(result =>
        {
            if (DurationText.Read(result.GetValueOrDefault<string?>() ?? "") is { } length
                && (length < Story.ShortestDuration || length > Story.LongestDuration))
                result.AddError(
                    $"--story must lie between {ElapsedText.Of(Story.ShortestDuration)} and "
                    + $"{ElapsedText.Of(Story.LongestDuration)} of simulated time (how long the telling takes is --duration)");
        });

        var command = new Command("demo", "All roles in one process: a simulated AI fleet, twelve faults, and how many of them were found")
        {
            duration, speed, story, seed, once, json, noDashboard,
        };
        command.Validators.Add(result =>
        {
            if (result.GetResult(duration) is not null && result.GetResult(speed) is not null)
                result.AddError("--duration and --speed both say how fast to go: give one of them");
        });
        command.WithSettings(Brokers, "Detector:PoliciesFile", "Dashboard:Url").WithExamples(
            ("lepton demo", "watch it, then look around in the dashboard until Ctrl-C"),
            ("lepton demo --once --json", "as fast as it goes, for programs"),
            ("lepton demo --duration 5m --seed 7", "slower, another story"),
            ("lepton demo --bootstrap-servers kafka:9092",
                "the same on a real cluster, in topics of its own that are deleted at the end (without this flag: on a broker inside the "
                + "program)"));
        command.SetAction((parsed, stop) =>
        {
            var length = DurationText.Read(parsed.GetValue(story) ?? "") ?? WholeStory;
            var ends = parsed.GetValue(once) || parsed.GetValue(json);
            var real = SettingsFlags.Read(parsed).Any(flag => flag.Setting == Brokers);
            var settings = LeptonSettings.Load(parsed);
            settings.Check(services => services.AddDetector(settings.Configuration));
            return Run(
                new()
                {
                    Story = new() { Seed = parsed.GetValue(seed), Duration = length, Start = StartOf(length, TimeProvider.System) },
                    Duration = parsed.GetValue(duration) is { } text ? DurationText.Read(text)
                        : parsed.GetValue(speed) is { } factor ? length / 2 / factor
                        : ends ? null : WatchableDuration,
                    Kafka = real ? KafkaSettings.Load(parsed) : null,
                    Settings = settings.Configuration,
                    Once = ends,
                    Dashboard = !parsed.GetValue(noDashboard),
                },
                parsed.GetValue(json),
                stop);
        });
        return command;
    }

    /// <summary>Runs the demo with its output, and gives the exit code.</summary>
    internal static async Task<int> Run(DemoOptions options, bool json, CancellationToken stop)
    {
        var elapsed = Stopwatch.StartNew();
        await using var stage = await DemoStage.Set(options, TimeProvider.System, stop);
        var result = await Play(options, stage, elapsed,
            json ? new SilentScreen() : IsTerminal ? new LiveScreen(AnsiConsole.Console) : new PlainScreen(Console.Out), stop);
        if (json) WriteJson(result);
        else Console.Out.Write(DemoReport.Text(result, Console.IsOutputRedirected ? DemoReport.LineOfPipes : AnsiConsole.Profile.Width));
        if (!json && stage.Dashboard is { } dashboard)
        {
            Console.Out.WriteLine(options.Once
                ? $"The dashboard was at {dashboard}"
                : $"The last fault still goes on. The dashboard stays at {dashboard} until Ctrl-C.");
            if (!options.Once)
                await Task.Delay(Timeout.Infinite, stop)
                    .ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }

        return result.Problems.Count == 0 ? ExitCode.Sound : ExitCode.Failed;
    }

    private static bool IsTerminal => AnsiConsole.Profile.Capabilities is { Interactive: true, Ansi: true } && !Console.IsOutputRedirected;

    private static async Task<DemoResult> Play(
        DemoOptions options, DemoStage stage, Stopwatch elapsed, IDemoScreen screen, CancellationToken stop)
    {
        using var run = new DemoRun(options, stage, elapsed);
        var result = run.Run(stop);
        try
        {
            await screen.Show(() => run.Progress, result);
            return await result;
        }
        finally
        {
            foreach (var warning in stage.Warnings) await Console.Error.WriteLineAsync($"lepton: {warning}");
        }
    }

    private static void WriteJson(DemoResult result)
    {
        using var output = Console.OpenStandardOutput();
        DemoReport.WriteJson(result, output);
        output.WriteByte((byte)'\n');
    }

    // The whole story lies in the past, as a producer that catches up would send it, and begins at midnight:
    // detectors know the hour of the day, so what they find must not depend on when the demo is run.
    private static Timestamp StartOf(TimeSpan story, TimeProvider time) =>
        Timestamp.FromDateTimeOffset(new(time.GetUtcNow().UtcDateTime.Date.AddDays(-Math.Ceiling(story.TotalDays)), TimeSpan.Zero));

    private static Option<string?> Length(string name, string description)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = "TIME" };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } text && DurationText.Read(text) is null)
                result.AddError($"{name} '{text}' is no duration: {DurationText.Form}");
        });
        return option;
    }
}
