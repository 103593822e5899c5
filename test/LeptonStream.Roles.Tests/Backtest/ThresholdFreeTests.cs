using System.Globalization;
using System.Text.Json;
using LeptonStream.Cli.Backtest;
using LeptonStream.Testing;

namespace LeptonStream.Roles.Tests.Backtest;

/// <summary>Average precision and the volumes under the surface against the values that TSB-AD's own code gave.</summary>
internal sealed class ThresholdFreeTests
{
    private static readonly string[] Scores = ["absdev", "absdiff", "uniform", "oracle_noisy"];

    [Test]
    public void Of_GoldenSeries_GivesTheGoldenValues([ValueSource(nameof(Scores))] string score, [Values(1, 10, 100)] int window)
    {
        var rows = File.ReadLines(SharedFolder.Require("data/metrics-golden/series_001_NAB.csv")).Select(line => line.Split(',')).ToArray();
        var column = Array.IndexOf(rows[0], score);
        double[] scores = [.. rows.Skip(1).Select(r => double.Parse(r[column], CultureInfo.InvariantCulture))];
        bool[] labels = [.. rows.Skip(1).Select(r => r[1] == "1")];
        using var golden = JsonDocument.Parse(File.ReadAllBytes(SharedFolder.Require("data/metrics-golden/expected.json")));
        var expected = golden.RootElement.GetProperty($"{score}|window={window}");

        Assert.That(AveragePrecision.Of(scores, labels), Is.EqualTo(expected.GetProperty("AUC-PR").GetDouble()).Within(1e-9));
        var volume = VolumeUnderSurface.Of(scores, labels, window)!.Value;
        Assert.That(volume.Pr, Is.EqualTo(expected.GetProperty("VUS-PR").GetDouble()).Within(1e-9));
        Assert.That(volume.Roc, Is.EqualTo(expected.GetProperty("VUS-ROC").GetDouble()).Within(1e-9));
    }

    [Test]
    public void Of_NothingAnomalous_IsNull()
    {
        Assert.That(AveragePrecision.Of([1, 2], [false, false]), Is.Null);
        Assert.That(VolumeUnderSurface.Of([1, 2], [false, false], 10), Is.Null);
    }

    [Test]
    public void Of_EqualScores_IsTheShareOfAnomalousRows() =>
        Assert.That(AveragePrecision.Of([5, 5, 5, 5], [true, false, false, false]), Is.EqualTo(0.25));
}
