using System.Globalization;
using System.Text.Json;
using LeptonStream.Backtest;
using LeptonStream.Backtest.SeriesFiles;
using LeptonStream.Cli.Terminal;
using LeptonStream.Detection;
using LeptonStream.Testing;

namespace LeptonStream.Benchmarks.Accuracy;

/// <summary>
/// How well entities are judged, beside three detectors of the textbook on the same rows, all strictly causal and all measured by the code
/// of <c>lepton backtest</c>: areas under the curves, and event recall within a budget of false episodes an entity-day. Single series
/// follow, beside detectors of a few lines.
/// </summary>
internal static class AccuracyBenchmark
{
    private const int RowsOfTheCheck = 3000;

    private static readonly (string Folder, TimeSpan Interval)[] Families =
        [("smd", TimeSpan.FromMinutes(1)), ("asd", TimeSpan.FromMinutes(5)), ("jumpstarter", TimeSpan.FromMinutes(5))];

    private static readonly (string Name, EntityScorer Score)[] Baselines =
    [
        ("robust z of one day, max over metrics", RobustZ.Score),
        ("plain isolation forest, refit every 500 rows", PlainForest.Score),
        ("PCA of the past", PrincipalComponents.Score),
    ];

    public static int Run(bool json)
    {
        var results = new List<(string Family, string Detector, ScoreAreas Areas, double?[] RecallAt)>();
        foreach (var (folder, interval) in Families)
        {
            if (SharedFolder.Find("data/" + folder) is not { } path)
            {
                Console.Error.WriteLine($"    {folder}: skipped, ../shared/data/{folder} is missing");
                continue;
            }

            Report.Progress(folder);
            BacktestFile[] files = [.. SeriesFile.Find(path)
                .Select(file => BacktestFile.Run(file, folder, interval, DetectionPolicy.Default))];
            Add("LeptonStream", [.. files.Select(f => f.Series)]);
            var rowsADay = (int)Math.Round(TimeSpan.FromDays(1) / interval);
            var baselines = Baselines.AsParallel().AsOrdered()
                .Select(b => (b.Name, Series: files.Select(f => Judge(f, b.Score, rowsADay)).ToArray()));
            foreach (var (name, series) in baselines.ToArray()) Add(name, series);

            void Add(string detector, ScoredSeries[] series) =>
                results.Add((folder, detector, ScoreAreas.MeanOf(series.Select(s => ScoreAreas.Of(s))),
                    RecallAtBudget.Of(series, FamilyResult.Budgets)));
        }

        foreach (var (family, detector, recallAt) in SeriesBenchmark.Measure()) results.Add((family, detector, default, recallAt));
        if (json) PrintJson(results);
        else PrintTable(results);
        return results.Count > 0 ? 0 : 1;
    }

    /// <summary>The scores of a baseline on the rows of a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="score">The baseline.</param>
    /// <param name="rowsADay">Number of rows of a day.</param>
    public static ScoredSeries Judge(BacktestFile file, EntityScorer score, int rowsADay)
    {
        // Where a metric was not measured its last value stands.
        var last = new double[file.File.Metrics.Count];
        double[][] rows = [.. file.Rows.Select(
            row => last = [.. row.Values.Select((value, i) => value is { } known && double.IsFinite(known) ? known : last[i])])];
        var scores = score(rows, rowsADay);
        var early = Math.Min(RowsOfTheCheck, rows.Length);
        if (!score(rows[..early], rowsADay).AsSpan().SequenceEqual(scores.AsSpan(0, early)))
            throw new InvalidOperationException($"{file.File.Name}: a score depends on rows that come after it");
        return new(scores, new bool[rows.Length], file.AllEvents, file.Series.FirstScored, file.Series.Days);
    }

    private static void PrintTable(List<(string Family, string Detector, ScoreAreas Areas, double?[] RecallAt)> results)
    {
        TextTable.Column[] columns =
        [
            "family", "detector", TextTable.Column.Number("AUC-PR"), TextTable.Column.Number("VUS-PR"),
            .. FamilyResult.Budgets.Select(b => TextTable.Column.Number(string.Create(CultureInfo.InvariantCulture, $"recall@{b}"))),
        ];
        var table = new TextTable(columns);
        foreach (var (family, detector, areas, recallAt) in results)
            table.Add([family, detector, Share(areas.AucPr, 3), Share(areas.VusPr, 3), .. recallAt.Select(r => Share(r, 2))]);
        Console.Write(table);
        Console.Write(PublishedPeers.Note);

        static string Share(double? value, int digits) => value?.ToString("F" + digits, CultureInfo.InvariantCulture) ?? "–";
    }

    private static void PrintJson(List<(string Family, string Detector, ScoreAreas Areas, double?[] RecallAt)> results) =>
        Console.WriteLine(JsonSerializer.Serialize(results.GroupBy(r => r.Family)
            .ToDictionary(family => family.Key, family => family.ToDictionary(r => r.Detector, r => new
        {
            aucPr = r.Areas.AucPr,
            vusPr = r.Areas.VusPr,
            recallAt = FamilyResult.Budgets.Select((b, i) => (b, i))
                .ToDictionary(b => b.b.ToString(CultureInfo.InvariantCulture), b => r.RecallAt[b.i]),
        }))));
}
