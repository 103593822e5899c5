using LeptonStream.Backtest.SeriesFiles;
using LeptonStream.Detection;
using LeptonStream.Detection.Policies;

namespace LeptonStream.Backtest;

/// <summary>Judges all files of a backtest once more under other policies.</summary>
internal static class JudgedFiles
{
    /// <summary>The files that can be judged, in their order; the result does not depend on how many are judged at a time.</summary>
    /// <param name="options">The files, and how they are read.</param>
    /// <param name="policies">The policies.</param>
    /// <param name="stop">Ends it.</param>
    public static IReadOnlyList<BacktestFile> Under(BacktestOptions options, PolicySet policies, CancellationToken stop)
    {
        var paths = SeriesFile.Find(options.Path);
        var files = new BacktestFile?[paths.Count];
        var parallel = new ParallelOptions { CancellationToken = stop, MaxDegreeOfParallelism = Environment.ProcessorCount };
        Parallel.For(0, paths.Count, parallel, i =>
        {
            try
            {
                files[i] = BacktestFile.Run(
                    paths[i], options.FamilyOf(paths[i]), options.Interval, DetectionPolicy.Default, policies, options.Labels);
            }
            catch (InvalidDataException)
            {
                // The backtest itself says which files were skipped, and why.
            }
        });
        return [.. files.OfType<BacktestFile>()];
    }
}
