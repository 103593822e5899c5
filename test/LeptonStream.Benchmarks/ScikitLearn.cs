using System.Runtime.InteropServices;
using System.Text.Json;
using LeptonStream.Testing;

namespace LeptonStream.Benchmarks;

/// <summary>scikit-learn's isolation forest in a Python of its own, one thread, on the same rows.</summary>
internal static class ScikitLearn
{
    private const string Python = "/usr/bin/python3";

    private const string Program = """
        import json, statistics, sys, time
        import numpy, sklearn
        from sklearn.ensemble import IsolationForest
        rows = numpy.fromfile(sys.argv[1], dtype=numpy.float32).reshape(-1, int(sys.argv[2]))
        def median(times, work):
            spent = []
            for _ in range(times):
                began = time.perf_counter()
                work()
                spent.append(time.perf_counter() - began)
            return statistics.median(spent) * 1e9
        forest = IsolationForest(n_estimators=100, max_samples=256, random_state=1, n_jobs=1)
        fit = median(7, lambda: forest.fit(rows[:int(sys.argv[3])]))
        score = median(3, lambda: forest.score_samples(rows)) / len(rows)
        one = median(50, lambda: forest.score_samples(rows[:1]))
        mean = float(-forest.score_samples(rows).mean())
        print(json.dumps(dict(Version=sklearn.__version__, FitNs=fit, ScoreNs=score, OneRowNs=one, MeanScore=mean)))
        """;

    public sealed record Figures(string Version, double FitNs, double ScoreNs, double OneRowNs, double MeanScore);

    /// <summary>Its figures, or why there are none.</summary>
    public static async Task<(Figures? Figures, string Why)> Run(float[] rows, int features, int fitRows)
    {
        if (!File.Exists(Python)) return (null, $"no {Python} (apt-get install python3-sklearn)");
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(file, MemoryMarshal.AsBytes(rows.AsSpan()).ToArray());
            var oneThread = new Dictionary<string, string>
                { ["OMP_NUM_THREADS"] = "1", ["OPENBLAS_NUM_THREADS"] = "1", ["PYTHONWARNINGS"] = "ignore" };
            var result = await ExternalProgram.Run(
                Python, ["-c", Program, file, $"{features}", $"{fitRows}"], oneThread, TimeSpan.FromMinutes(5));
            return result.ExitCode == 0
                ? (JsonSerializer.Deserialize<Figures>(result.Output), "")
                : (null, $"{Python} has no scikit-learn that works (apt-get install python3-sklearn): "
                    + $"{result.Error.TrimEnd().Split('\n')[^1]}");
        }
        finally
        {
            File.Delete(file);
        }
    }
}
