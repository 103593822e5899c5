using System.Diagnostics;
using LeptonStream.Backtest.SeriesFiles;
using LeptonStream.Backtest.Training;
using LeptonStream.Detection;
using LeptonStream.Detection.Training;

namespace LeptonStream.Backtest;

/// <summary>
/// Sends the files of a folder through the detection pipeline, each from a cold start, and compares the alarms with the truth.
/// </summary>
internal sealed class BacktestRun(BacktestOptions options)
{
    /// <summary>Runs it, several files at a time; the result does not depend on how many.</summary>
    public BacktestResult Run(CancellationToken stop)
    {
        var watch = Stopwatch.StartNew();
        var paths = SeriesFile.Find(options.Path);
        var files = new BacktestFile?[paths.Count];
        var runs = new TrainingRunScore?[paths.Count];
        var reasons = new string?[paths.Count];
        var parallel = new ParallelOptions { CancellationToken = stop, MaxDegreeOfParallelism = Environment.ProcessorCount };
        Parallel.For(0, paths.Count, parallel, i =>
        {
            try
            {
                runs[i] = TrainingRun(paths[i]);
                if (runs[i] is not null) return;
                var family = options.FamilyOf(paths[i]);
                files[i] = BacktestFile.Run(paths[i], family, options.Interval, DetectionPolicy.Default, options.Policies);
                files[i]!.Areas = ScoreAreas.Of(files[i]!.Series, options.VusWindow);
                if (options.Scores is { } folder)
                    ScoresFile.Write(files[i]!, Path.Combine(folder, DelimitedText.Unpacked(options.RelativeTo(paths[i]))));
            }
            catch (InvalidDataException wrong)
            {
                reasons[i] = wrong.Message;
            }
        });
        var result = new BacktestResult(
            [.. files.OfType<BacktestFile>()],
            [.. paths.Zip(reasons).Where(p => p.Second is not null).Select(p => (p.First, p.Second!))],
            watch.Elapsed)
        {
            Dial = options.Dial ? BudgetDial.Read(options, stop) : [],
            Training = runs.OfType<TrainingRunScore>().ToArray() is { Length: > 0 } scored ? new(scored) : null,
        };
        if (options.Feedback is { } verdicts) result.Feedback = FeedbackEffect.Of(options, result, verdicts, stop);
        return result;
    }

    // A training run is scored by rules of its own.
    private TrainingRunScore? TrainingRun(string path)
    {
        var file = SeriesFile.Open(path, options.Interval);
        if (TrainingFolder.Of(path) is not { } folder || !folder.TryGet(file.Name, out var faults, out var facts)) return null;
        var score = TrainingRunScore.Of(
            file.Name, TrainingReplay.Run(file, facts, DetectionPolicy.Default, options.Policies), faults, facts);
        if (options.Scores is { } output) AlarmsFile.Write(score, Path.Combine(output, DelimitedText.Unpacked(options.RelativeTo(path))));
        return score;
    }
}
