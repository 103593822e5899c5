using System.Globalization;
using System.Text.Json;
using LeptonStream.Backtest;
using LeptonStream.Detector.Policies;
using LeptonStream.Feedback;
using LeptonStream.Policies;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Product.Tests.Backtest;

internal sealed class BacktestRunTests
{
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("lepton-backtest-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Run_OnePlainJumpAmongNoise_FindsItAtOnceAndNothingElse()
    {
        // 1,000 minutes of noise of ±1 around 100; rows 800 to 829 stand at 160. Warm-up is 150 rows, so 849 minutes count.
        Write("noise/jump.csv", "timestamp,value,label", 1000, (row, noise) =>
            FormattableString.Invariant(
                $"{1_700_000_000 + (60 * row)},{(row is >= 800 and < 830 ? 160 : 100) + noise},{(row is >= 800 and < 830 ? 1 : 0)}"));
        var family = Run().Families.Single();
        Assert.Multiple(() =>
        {
            Assert.That(family.Name, Is.EqualTo("noise"));
            Assert.That((family.Events.Events, family.Events.Detected, family.Events.FalseEpisodes), Is.EqualTo((1, 1, 0)));
            Assert.That((family.Events.Precision, family.Events.Recall, family.Events.F1), Is.EqualTo((1.0, 1.0, 1.0)));
            Assert.That(family.Events.MedianDelaySamples, Is.LessThanOrEqualTo(2));
            Assert.That(family.Events.Days, Is.EqualTo(849.0 / 1440).Within(1e-9));
            Assert.That(family.RecallAt, Is.All.EqualTo(1.0));
            Assert.That(family.Areas.AucPr, Is.InRange(0.5, 1));
            Assert.That(family.Areas.VusPr, Is.InRange(0.5, 1));
        });
    }

    [Test]
    public void Run_AlarmWithoutLabel_IsAFalseEpisode()
    {
        Write("a.csv", "timestamp,value,label", 1000, (row, noise) =>
            FormattableString.Invariant($"{1_700_000_000 + (60 * row)},{(row is >= 800 and < 830 ? 160 : 100) + noise},0"));
        var events = Run().Total.Events;
        Assert.That((events.Events, events.Episodes, events.FalseEpisodes, events.Precision), Is.EqualTo((0, 1, 1, 0.0)));
    }

    // One jump, which is an event: a verdict that calls its alert false loses it, unless another one confirmed it.
    [TestCase(false, 0, 1)]
    [TestCase(true, 1, 0)]
    public void Run_Feedback_SaysWhichAlertsItRemovesAndWhichEventsItLoses(bool isConfirmed, int after, int lost)
    {
        var score = Enumerable.Range(30, 40).Select(tenths => AlertOfAJump(tenths / 10.0)).First(score => score is > 0 and < 2.5);
        FeedbackEvent Given(string alert, Verdict verdict) => new()
        {
            Id = alert,
            AlertId = alert,
            Model = "a",
            Metric = "value",
            Labels = LabelSet.Empty,
            Verdict = verdict,
            Score = score,
            By = "lin",
            At = Timestamp.FromUnixSeconds(1_700_000_000 + (60 * 830)),
            Partition = 0,
        };
        var file = Path.Combine(_folder, "verdicts.jsonl");
        FeedbackEvent[] verdicts = [.. isConfirmed ? [Given("b", Verdict.True)] : Array.Empty<FeedbackEvent>(), Given("a", Verdict.False)];
        File.WriteAllLines(file, verdicts.Select(verdict => verdict.Write()));

        var effect = new BacktestRun(new(Path.Combine(_folder, "a.csv")) { Feedback = FeedbackFile.Read(file) }).Run(default).Feedback!;

        Assert.That((effect.Before, effect.After), Is.EqualTo((1, after)));
        Assert.That(effect.Lost, Has.Count.EqualTo(lost));
    }

    private double AlertOfAJump(double height)
    {
        Write("a.csv", "timestamp,value,label", 1000, (row, noise) => FormattableString.Invariant(
            $"{1_700_000_000 + (60 * row)},{(row is >= 800 and < 830 ? 100 + height : 100) + noise},{(row is >= 800 and < 830 ? 1 : 0)}"));
        return new BacktestRun(new(Path.Combine(_folder, "a.csv"))).Run(default).Files.Single().Findings is [var only] ? only.Score : 0;
    }

    [Test]
    public void Read_FeedbackWithALineThatIsNoVerdict_NamesTheLine()
    {
        var file = Path.Combine(_folder, "verdicts.jsonl");
        File.WriteAllLines(file, ["", """{"verdict":"false"}"""]);
        Assert.That(() => FeedbackFile.Read(file),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains("verdicts.jsonl:2: no verdict"));
    }

    [Test]
    public void Run_WideFileWithTrainPart_IsOneEntityScoredOnItsTestPart()
    {
        static bool IsOdd(int row) => row is >= 900 and < 920;
        Write("e.csv", "t,part,m0,m1,label", 1200, (row, noise) =>
            FormattableString.Invariant(
                $"{row},{(row < 600 ? "train" : "test")},{50 + noise},{(IsOdd(row) ? 90 : 20) + noise},{(IsOdd(row) ? 1 : 0)}"));
        var file = Run(interval: TimeSpan.FromMinutes(5)).Files.Single();
        Assert.Multiple(() =>
        {
            Assert.That(file.Series.FirstScored, Is.EqualTo(600));
            Assert.That(file.Series.Days, Is.EqualTo(599 * 5 / 1440.0).Within(1e-9));
            Assert.That(file.RowVerdicts[901].Metric, Is.EqualTo(1), "the metric that speaks for the row");
            Assert.That(EventMetrics.Of(file.Series).Detected, Is.EqualTo(1));
            Assert.That(file.Samples, Is.EqualTo(2400));
        });
    }

    [Test]
    public void Run_NabLayout_TakesTheWindowsBesideTheData()
    {
        WriteNab();
        var result = Run();
        Assert.Multiple(() =>
        {
            Assert.That(result.Files.Single().AllEvents, Is.EqualTo(new[] { new RowRange(790, 830) }));
            Assert.That(result.Nab.Select(n => n.Profile), Is.EqualTo(NabProfile.All));
            Assert.That(result.Nab[0].Normalised, Is.InRange(90, 100));
            Assert.That(result.NabByAlarms[0].Normalised, Is.InRange(90, 100));
            Assert.That(result.Families.Single().Nab, Is.EqualTo(result.Nab), "one folder is the whole corpus");
        });
    }

    [Test]
    public void Run_ListOfFaultsBeside_TakesTheirTimes()
    {
        Write("run-1.csv", "ts_ms,step,loss", 1000,
            (row, noise) => FormattableString.Invariant($"{10 * row},{row},{(row is >= 700 and < 720 ? 9 : 3) + (noise / 10)}"));
        File.WriteAllText(Path.Combine(_folder, "labels.json"),
            """{"run-1": [{"onset_ts_ms": 7000, "end_ts_ms": 7190, "kind": "spike"}, {"onset_ts_ms": 9990, "kind": "dead_run"}]}""");
        Assert.That(Run().Files.Single().AllEvents, Is.EqualTo(new[] { new RowRange(700, 719) }));
    }

    [Test]
    public void Run_FileThatIsNoSeries_IsSkippedWithItsReason()
    {
        File.WriteAllText(Path.Combine(_folder, "x.csv"), "name,size\na,1\n");
        var result = Run();
        Assert.That(result.Files, Is.Empty);
        Assert.That(result.Skipped.Single().Reason, Does.Contain("no time column"));
    }

    [Test]
    public void Run_Policies_DecideWhatIsJudged()
    {
        Write("wide.csv", "ts_ms,loss,epoch", 300,
            (row, noise) => FormattableString.Invariant($"{15000 * row},{3 + (noise / 10)},{row / 100.0}"));
        Assert.That(Run().Files.Single().Samples, Is.EqualTo(300));
        var policies = PolicyFile.Parse("rules: [{matchers: [metric=epoch], ignore: false}]", "x", out _);
        Assert.That(new BacktestRun(new(_folder, Policies: policies)).Run(default).Files.Single().Samples, Is.EqualTo(600));
    }

    [Test]
    public void Run_Scores_WritesOneRowPerRow()
    {
        Write("sub/jump.csv", "timestamp,value,label", 2000, (row, noise) =>
            FormattableString.Invariant($"{1_700_000_000 + (60 * row)},{(row == 1900 ? 160 : 100) + noise},0"));
        var scores = Path.Combine(_folder, "out");
        _ = new BacktestRun(new(_folder, Scores: scores)).Run(default);
        var lines = File.ReadAllLines(Path.Combine(scores, "sub/jump.csv"));
        Assert.That(lines, Has.Length.EqualTo(2001));
        Assert.That(lines[0], Is.EqualTo("timestamp,value,score,alarm,expected,lower,upper"));
        var spike = lines[1901].Split(',');
        Assert.That(spike[0], Is.EqualTo("1700114000"));
        Assert.That(double.Parse(spike[2], CultureInfo.InvariantCulture), Is.GreaterThan(1));
        Assert.That(spike[3], Is.EqualTo("1"));
        Assert.That(double.Parse(spike[4], CultureInfo.InvariantCulture), Is.EqualTo(100).Within(2));
    }

    [Test]
    public void WriteJson_Result_HasTheDocumentedShape()
    {
        Write("noise/jump.csv", "timestamp,value,label", 1000, (row, noise) =>
            FormattableString.Invariant(
                $"{1_700_000_000 + (60 * row)},{(row is >= 800 and < 830 ? 160 : 100) + noise},{(row is >= 800 and < 830 ? 1 : 0)}"));
        using var json = Json(Run());
        var family = json.RootElement.GetProperty("families").GetProperty("noise");
        Assert.That(family.EnumerateObject().Select(p => p.Name), Is.EqualTo(new[]
        {
            "series", "events", "detected", "precision", "recall", "f1", "falseEpisodesPerSeriesDay", "recallAt", "medianDelaySamples",
                "p95DelaySamples", "vusPr", "aucPr",
        }));
        Assert.That(family.GetProperty("recallAt").EnumerateObject().Select(p => p.Name), Is.EqualTo(new[] { "0.1", "0.5", "1" }));
        Assert.That(family.GetProperty("recall").GetDouble(), Is.EqualTo(1));
        Assert.That(json.RootElement.GetProperty("files").GetProperty("noise/jump").GetRawText(), Is.EqualTo(family.GetRawText()),
            "one file is the whole family");
        Assert.That(json.RootElement.TryGetProperty("nab", out _), Is.False);
    }

    [Test]
    public void WriteJson_NabFolder_NamesTheThreeProfiles()
    {
        WriteNab();
        using var json = Json(Run());
        foreach (var part in (JsonElement[])[json.RootElement, json.RootElement.GetProperty("total"),
            json.RootElement.GetProperty("families").GetProperty("data/real")])
        {
            var nab = part.GetProperty("nab");
            Assert.That(nab.EnumerateObject().Select(p => p.Name), Is.EqualTo(new[] { "standard", "rewardLowFp", "rewardLowFn" }));
            Assert.That(nab.EnumerateObject().Select(p => p.Value.GetDouble()), Is.All.InRange(90, 100));
        }
    }

    [Test]
    public void Run_TwoLabelledFilesAndOneWithout_HasTheMeanOfTheLabelled()
    {
        foreach (var (name, label) in new[] { ("a", 800), ("b", 820), ("none", -1) })
        {
            Write($"f/{name}.csv", "timestamp,value,label", 1000, (row, noise) =>
                FormattableString.Invariant($"{1_700_000_000 + (60 * row)},{(row == 800 ? 160 : 100) + noise},{(row == label ? 1 : 0)}"));
        }

        var result = Run();
        var (a, b, none) = (result.PerFile[0].Result, result.PerFile[1].Result, result.PerFile[2].Result);
        Assert.That((none.Areas.AucPr, none.Areas.VusPr), Is.EqualTo(((double?)null, (double?)null)));
        Assert.That(a.Areas.AucPr, Is.GreaterThan(b.Areas.AucPr!.Value));
        Assert.That(result.Total.Areas.AucPr, Is.EqualTo((a.Areas.AucPr + b.Areas.AucPr) / 2).Within(1e-12));
        Assert.That(result.Total.Areas.VusPr, Is.EqualTo((a.Areas.VusPr + b.Areas.VusPr) / 2).Within(1e-12));
    }

    [Test]
    public void Run_WithTheDial_ReadsEachFamilyAtEachBudget()
    {
        static bool IsOdd(int row) => row is >= 800 and < 830;
        foreach (var name in (string[])["a/x.csv", "b/y.csv"])
            Write(name, "timestamp,value,label", 1000, (row, noise) => FormattableString.Invariant(
                $"{1_700_000_000 + (60 * row)},{(IsOdd(row) ? 160 : 100) + noise},{(name[0] == 'a' && IsOdd(row) ? 1 : 0)}"));
        Write("c/unlabelled.csv", "timestamp,value", 1000, (row, noise) =>
            FormattableString.Invariant($"{1_700_000_000 + (60 * row)},{noise}"));
        var dial = new BacktestRun(new(_folder, Dial: true)).Run(default).Dial;
        Assert.That(dial.Select(r => r.Family).Distinct(), Is.EqualTo((string[])["a", "b", "total"]), "files of known truth");
        foreach (var family in dial.GroupBy(r => r.Family))
            Assert.That(family.Select(r => r.Budget), Is.EqualTo(BudgetDial.Budgets));
        Assert.Multiple(() =>
        {
            Assert.That(dial.Where(r => r.Family == "a").Select(r => (r.Events.Recall, r.Ratio)), Is.All.EqualTo((1.0, 0.0)));
            // One false episode in 849 minutes, of which a day allows one.
            Assert.That(dial[4].Ratio, Is.EqualTo(1440.0 / 849).Within(1e-9));
            Assert.That(dial[6].Ratio, Is.EqualTo(7 * dial[4].Ratio).Within(1e-9));
        });
        Assert.That(Run().Dial, Is.Empty, "nobody asked");
    }

    private BacktestResult Run(TimeSpan? interval = null) => new BacktestRun(new(_folder, interval)).Run(default);

    private static JsonDocument Json(BacktestResult result)
    {
        using var output = new MemoryStream();
        BacktestJson.Write(result, output);
        return JsonDocument.Parse(output.ToArray());
    }

    private void WriteNab()
    {
        Write("data/real/x.csv", "timestamp,value", 1000,
            (row, noise) => FormattableString.Invariant($"{Day(row)},{(row == 800 ? 160 : 100) + noise}"));
        Directory.CreateDirectory(Path.Combine(_folder, "labels"));
        File.WriteAllText(Path.Combine(_folder, "labels/combined_windows.json"),
            $$"""{"real/x.csv": [["{{Day(790)}}.000000", "{{Day(830)}}.000000"]]}""");

        static string Day(int row) =>
            new DateTime(2014, 2, 1).AddMinutes(5 * row).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
    }

    private void Write(string name, string header, int rows, Func<int, double, string> row)
    {
        var noise = new Random(5);
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllLines(path, [header, .. Enumerable.Range(0, rows).Select(i => row(i, (2 * noise.NextDouble()) - 1))]);
    }
}
