using LeptonStream.Testing;

namespace LeptonStream.Integration.Tests.Detector;

/// <summary>
/// How many faults a test makes, and the rows of docs/faults.md: LEPTON_FAULTS is the number of kills of the long run (eng/faults.sh).
/// Without it a test makes the few of every day.
/// </summary>
internal static class FaultReport
{
    public const string Variable = "LEPTON_FAULTS";

    /// <summary>The number of kills of the long run; null for those of every day.</summary>
    public static int? Kills
    {
        get
        {
            if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } text) return null;
            return int.TryParse(text, out var kills) && kills > 0 ? kills
                : throw new AssertionException($"{Variable} is '{text}': it is a number of kills, such as 500");
        }
    }

    /// <summary>Keeps the rows of one test, under its name, for the report.</summary>
    public static void Write(string name, params string[] rows)
    {
        var folder = Path.Combine(SharedFolder.RepositoryRoot, "artifacts", "faults");
        Directory.CreateDirectory(folder);
        File.WriteAllLines(Path.Combine(folder, $"{name}.md"), rows);
        foreach (var row in rows) TestContext.Out.WriteLine(row);
    }

    /// <summary>The median and the 95th percentile, in seconds; dashes where there was nothing to measure.</summary>
    public static string Percentiles(IEnumerable<TimeSpan> times)
    {
        var sorted = times.Select(time => time.TotalSeconds).Order().ToList();
        // A run of few kills may hit none whose return can be seen.
        if (sorted.Count == 0) return "–, –";
        return FormattableString.Invariant(
            $"{sorted[sorted.Count / 2]:F1} s, {sorted[Math.Min(sorted.Count - 1, sorted.Count * 95 / 100)]:F1} s");
    }
}
