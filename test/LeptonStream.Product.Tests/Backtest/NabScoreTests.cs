using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using LeptonStream.Backtest;
using LeptonStream.Backtest.SeriesFiles;
using LeptonStream.Testing;

namespace LeptonStream.Product.Tests.Backtest;

/// <summary>The protocol against the benchmark's own published results.</summary>
internal sealed class NabScoreTests
{
    private static readonly string[] WithRawScores = ["ARTime", "contextOSE", "windowedGaussian"];
    private static readonly string[] WithFileScores = [.. WithRawScores, "knncad", "numenta", "randomCutForest"];
    private static readonly Lazy<Dictionary<string, IReadOnlyList<RowRange>>> Windows = new(ReadWindows);
    private static readonly Lazy<Dictionary<string, NabSeries>> Silent = new(ReadSilent);
    private static readonly Dictionary<string, Dictionary<string, NabSeries>> Corpora = [];

    private static IReadOnlyList<NabProfile> Profiles => NabProfile.All;

    private static IEnumerable<TestCaseData> RawScores => Cases(WithRawScores);

    private static IEnumerable<TestCaseData> FileScores => Cases(WithFileScores);

    [TestCaseSource(nameof(RawScores))]
    public void At_PublishedThreshold_GivesThePublishedScoreOfEveryFileAndTheWhole(string detector, NabProfile profile)
    {
        var corpus = CorpusOf(detector);
        var published = Published(detector, profile);
        Assert.That(published.Keys, Is.EquivalentTo(corpus.Keys));
        foreach (var (name, row) in published)
        {
            var file = NabFileScore.At(corpus[name], profile, row.Threshold);
            Assert.That(file.Score, Is.EqualTo(row.Score).Within(1e-9), name);
            Assert.That((file.TruePositives, file.TrueNegatives, file.FalsePositives, file.FalseNegatives), Is.EqualTo(row.Counts), name);
        }

        var whole = NabScore.At([.. corpus.Values], profile, published.Values.First().Threshold);
        Assert.That(whole.Normalised, Is.EqualTo(FinalResult(detector, profile)).Within(1e-4));
    }

    [TestCaseSource(nameof(RawScores))]
    public void Best_PublishedScores_IsAtLeastThePublishedResult(string detector, NabProfile profile)
    {
        var best = NabScore.Best([.. CorpusOf(detector).Values], profile);
        Assert.That(best.Normalised, Is.GreaterThanOrEqualTo(FinalResult(detector, profile) - 1e-9));
        Assert.That(best.Normalised, Is.EqualTo(FinalResult(detector, profile)).Within(0.01),
            "for these three the published threshold is the best one");
    }

    [TestCaseSource(nameof(FileScores))]
    public void Normalised_SumOfPublishedFileScores_IsThePublishedResult(string detector, NabProfile profile)
    {
        var windows = Windows.Value.Values.Sum(w => w.Count);
        var published = Published(detector, profile);
        foreach (var (name, row) in published)
        {
            // Whatever was flagged: how many rows lie in windows and how many outside.
            var (hits, quiet, wrong, missed) = row.Counts;
            var nothing = NabFileScore.At(Silent.Value[name], profile, 1);
            Assert.That((hits + missed, quiet + wrong), Is.EqualTo((nothing.FalseNegatives, nothing.TrueNegatives)), name);
        }

        var raw = published.Values.Sum(row => row.Score);
        var lowest = -profile.FalseNegative * windows;
        Assert.That(100 * (raw - lowest) / ((profile.TruePositive * windows) - lowest),
            Is.EqualTo(FinalResult(detector, profile)).Within(1e-4));
    }

    [TestCaseSource(nameof(Profiles))]
    public void Best_NothingIsEverFlagged_IsThePublishedResultOfTheNullDetector(NabProfile profile) =>
        Assert.That(NabScore.Best([.. Silent.Value.Values], profile).Normalised, Is.EqualTo(FinalResult("null", profile)));

    [Test]
    public void FileScores_PublishedResultsAtHand_AreAllTried() =>
        Assert.That(Directory.EnumerateDirectories(SharedFolder.Require("data/nab/results")).Select(Path.GetFileName),
            Is.EquivalentTo(WithFileScores));

    [Test]
    public void Best_DetectorThatFlagsNothing_IsZero()
    {
        var silent = new NabSeries(new double[2000], [new(1000, 1100)]);
        var best = NabScore.Best([silent], NabProfile.Standard);
        Assert.That((best.Normalised, best.Threshold), Is.EqualTo((0.0, 1.1)));
    }

    [Test]
    public void Best_DetectorThatFlagsTheFirstRowOfTheWindow_IsAHundred()
    {
        var scores = new double[2000];
        scores[1000] = 1;
        Assert.That(NabScore.Best([new(scores, [new(1000, 1100)])], NabProfile.RewardLowFalseNegatives).Normalised,
            Is.EqualTo(100).Within(1e-9));
    }

    [Test]
    public void WorthOf_Row_FollowsTheSigmoidOfItsPlace()
    {
        var file = new NabSeries(new double[2000], [new(1000, 1099)]);
        Assert.Multiple(() =>
        {
            Assert.That(file.WorthOf(1000, NabProfile.Standard), Is.EqualTo(1).Within(1e-12));
            Assert.That(file.WorthOf(1099, NabProfile.Standard), Is.EqualTo(((2 / (1 + Math.Exp(-0.05))) - 1) / 0.98661).Within(1e-5));
            Assert.That(file.WorthOf(900, NabProfile.Standard), Is.EqualTo(-0.11));
            Assert.That(file.WorthOf(1100, NabProfile.Standard), Is.EqualTo(0.11 * ((2 / (1 + Math.Exp(5.0 / 99))) - 1)).Within(1e-12));
            Assert.That(file.WorthOf(1099 + 300, NabProfile.Standard), Is.EqualTo(-0.11));
        });
    }

    private static IEnumerable<TestCaseData> Cases(IEnumerable<string> detectors) =>
        detectors.SelectMany(d => NabProfile.All.Select(p => new TestCaseData(d, p).SetArgDisplayNames(d, p.Name)));

    private static Dictionary<string, NabSeries> CorpusOf(string detector)
    {
        if (Corpora.TryGetValue(detector, out var corpus)) return corpus;
        var scores = new Dictionary<string, List<double>>();
        using var zipped = new GZipStream(
            File.OpenRead(SharedFolder.Require($"data/nab/results/{detector}/anomaly_scores.csv.gz")), CompressionMode.Decompress);
        using var text = new StreamReader(zipped);
        text.ReadLine();
        while (text.ReadLine() is { } line)
        {
            var fields = line.Split(',');
            if (!scores.TryGetValue(fields[0], out var file)) scores[fields[0]] = file = [];
            Assert.That(int.Parse(fields[1], CultureInfo.InvariantCulture), Is.EqualTo(file.Count));
            file.Add(double.Parse(fields[2], CultureInfo.InvariantCulture));
        }

        return Corpora[detector] = scores.ToDictionary(s => s.Key, s => new NabSeries([.. s.Value], Windows.Value[s.Key]));
    }

    private static Dictionary<string,
        (double Threshold, double Score, (int, int, int, int) Counts)> Published(string detector, NabProfile profile) =>
        File.ReadLines(SharedFolder.Require($"data/nab/results/{detector}/{detector}_{profile.Name}_scores.csv")).Skip(1)
            .Select(line => line.Split(','))
            .Where(fields => fields[0] != "Totals")
            .ToDictionary(f => f[2], f =>
                (Number(f[3]), Number(f[4]), ((int)Number(f[5]), (int)Number(f[6]), (int)Number(f[7]), (int)Number(f[8]))));

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static double FinalResult(string detector, NabProfile profile)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(SharedFolder.Require("data/nab/results/final_results.json")));
        return json.RootElement.GetProperty(detector).GetProperty(profile.Name).GetDouble();
    }

    private static Dictionary<string, NabSeries> ReadSilent()
    {
        var folder = SharedFolder.Require("data/nab/data");
        return Windows.Value.ToDictionary(
            w => w.Key, w => new NabSeries(new double[SeriesFile.Open(Path.Combine(folder, w.Key)).CountRows()], w.Value));
    }

    private static Dictionary<string, IReadOnlyList<RowRange>> ReadWindows()
    {
        var folder = SharedFolder.Require("data/nab/data");
        return SeriesFile.Find(folder).ToDictionary(
            path => Path.GetRelativePath(folder, path).Replace('\\', '/'),
            path =>
            {
                var file = SeriesFile.Open(path);
                return EventLabels.Of(file, [.. file.Rows()])!;
            });
    }
}
