using LeptonStream.Alerts;
using LeptonStream.Detection;
using LeptonStream.Samples;

namespace LeptonStream.Core.Tests.Drift;

/// <summary>The whole way: a message with a distribution becomes distances, and a drift becomes alerts that say what moved.</summary>
public sealed class DriftInPipelineTests
{
    private const int Day = 288;

    [Test]
    public void Process_ADrift_OpensAlertsWithinTenMessagesAndSaysWhichBinsMoved([Range(1, 5)] int seed)
    {
        var driver = new DriftDriver();
        var random = new Random(seed);
        driver.Send(random, Day);
        driver.Events.Clear();
        driver.Send(random, 10, shift: 0.5);
        var opened = driver.Events.Where(alert => alert.Type == AlertEventType.Opened).ToList();
        Assert.That(opened, Is.Not.Empty);
        var psi = opened.FirstOrDefault(alert => alert.Metric == "age.drift.psi") ?? opened[0];
        TestContext.Out.WriteLine($"{string.Join(", ", opened.Select(alert => alert.Metric))}\n{psi.English}\n{psi.Chinese}");
        Assert.That(psi.Model, Is.EqualTo("ranker"));
        Assert.That(psi.English.Description, Does.Contain(" Moved most: ").And.Match(@"above 1\.\d+ from \d+(\.\d+)?% to [12]\d"));
        Assert.That(psi.Chinese.Description, Does.Contain("变化最大的部分：").And.Match(@"高于 1\.\d+ 由 \d+(\.\d+)?% 升至"));
        Assert.That(psi.English.Actions[2], Does.StartWith("Retrain"));
    }

    [Test]
    public void Process_NothingButDistributions_HasTheDistancesOfTheirKind()
    {
        var driver = new DriftDriver();
        var random = new Random(1);
        for (var i = 0; i < 30; i++)
        {
            driver.Send(DriftRig.Bins(DriftRig.Counts(random, 100)));
            driver.Send("""{"categories":{"en":70,"zh":30}}""", "language");
            driver.Send("""{"count":50,"centroid":[0.1,0.2],"variance":[1,1]}""", "vectors");
            driver.Send("""{"count":50,"centroid":[0.1],"variance":[1],"projections":[{"bounds":[0,1],"counts":[5]}]}""", "images");
        }

        Assert.That(driver.Judged.Select(judged => judged.Key.Metric).Distinct().Order(), Is.EqualTo((string[])
        [
            "age.drift.js", "age.drift.ks", "age.drift.psi", "age.drift.w1", "images.drift.mmd", "images.drift.w1", "language.drift.js",
            "language.drift.psi", "vectors.drift.mmd",
        ]));
        Assert.That(driver.Last("language.drift.psi"), Is.EqualTo(0).Within(0.02));
    }

    [Test]
    public void Process_Slices_AreEachWatchedByThemselves()
    {
        var driver = new DriftDriver();
        var random = new Random(2);
        for (var i = 0; i < Day / 2; i++)
            foreach (var country in (string[])["de", "jp"]) Send(country, 0);
        driver.Events.Clear();
        for (var i = 0; i < 10; i++)
            foreach (var country in (string[])["de", "jp"]) Send(country, country == "jp" ? 0.5 : 0);
        Assert.That(driver.Events.Select(alert => alert.Labels["country"]).Distinct(), Is.EqualTo((string[])["jp"]));

        void Send(string country, double shift) =>
            driver.Send(DriftRig.Bins(DriftRig.Counts(random, 500, shift)), labels: $$"""{"country":"{{country}}"}""");
    }

    [Test]
    public void Process_ADriftThatStays_IsNotLearnedWhileItsAlertIsOpen()
    {
        var driver = new DriftDriver();
        var random = new Random(3);
        driver.Send(random, Day);
        driver.Send(random, 3, shift: 1);
        var before = driver.Last("age.drift.psi");
        driver.Send(random, Day / 2, shift: 1);
        Assert.That(driver.Last("age.drift.psi"), Is.GreaterThan(0.85 * before));
        driver.Send(random, 40);
        Assert.That(driver.Last("age.drift.psi"), Is.EqualTo(0).Within(0.1));
        Assert.That(driver.Events.Where(alert => alert.Metric == "age.drift.psi").Last().EndedReason, Is.EqualTo(EndedReason.Recovered));
    }

    [Test]
    public void Process_ADeclaredReference_HoldsUntilAnotherIsDeclared()
    {
        var driver = new DriftDriver();
        driver.Send(Bins(900, 300));
        Assert.That(driver.Judged, Is.Empty, "its own past is none yet");
        driver.Send($"{Bins(900, 300)[..^1]},\"reference\":{Bins(300, 900)}}}");
        var far = driver.Last("age.drift.js");
        Assert.That(far, Is.GreaterThan(0.1));
        for (var i = 0; i < 5; i++) driver.Send(Bins(900, 300));
        Assert.That(driver.Last("age.drift.js"), Is.EqualTo(far));
        driver.Send($"{Bins(900, 300)[..^1]},\"reference\":{Bins(900, 300)}}}");
        Assert.That(driver.Last("age.drift.js"), Is.LessThan(0.001));

        static string Bins(int low, int high) => $$"""{"bounds":[0,1,2],"counts":[{{low}},{{high}}]}""";
    }

    [Test]
    public void Process_SmallSamples_ArePutTogetherUntilTheyAreEnoughOrAnHourOld()
    {
        var driver = new DriftDriver();
        for (var i = 0; i < 3; i++) driver.Send("""{"categories":{"a":500}}""");
        for (var i = 0; i < 4; i++) driver.Send("""{"categories":{"a":100}}""");
        Assert.That(driver.Judged, Is.Empty);
        driver.Send("""{"categories":{"a":100}}""");
        Assert.That(driver.Judged, Has.Count.EqualTo(2), "500 values: PSI and JS");
        for (var i = 0; i < 12; i++) driver.Send("""{"categories":{"a":1}}""");
        Assert.That(driver.Judged, Has.Count.EqualTo(2));
        driver.Send("""{"categories":{"a":1}}""");
        Assert.That(driver.Judged, Has.Count.EqualTo(4), "an hour");
    }

    [Test]
    public void Process_AnotherKindOrDimension_BeginsAgain()
    {
        var driver = new DriftDriver();
        for (var i = 0; i < 5; i++) driver.Send("""{"count":50,"centroid":[1,2],"variance":[1,1]}""");
        driver.Judged.Clear();
        driver.Send("""{"count":50,"centroid":[1,2,3],"variance":[1,1,1]}""");
        driver.Send("""{"categories":{"a":5}}""");
        Assert.That(driver.Judged, Is.Empty);
    }

    [Test]
    public void Process_MoreDistributionsThanAllowed_AreRefusedAndCounted()
    {
        var driver = new DriftDriver(policy: DetectionPolicy.Default with { DistributionsPerPartition = 2 });
        for (var i = 0; i < 5; i++)
            foreach (var name in (string[])["a", "b", "c"]) driver.Send("""{"categories":{"a":5,"b":5}}""", name);
        Assert.That(driver.Pipeline.DistributionCount, Is.EqualTo(2));
        Assert.That(driver.Pipeline.RefusedSamples(SampleRefusal.DistributionLimit), Is.EqualTo(5));
        Assert.That(driver.Judged.Select(judged => judged.Key.Metric), Has.None.StartsWith("c."));
    }

    [TestCase("age.drift.psi", "{}", true)]
    [TestCase("age.drift.mmd", "{}", true)]
    [TestCase("age.drift.other", "{}", false)]
    [TestCase("wage.drift.psi", "{}", false)]
    [TestCase("age.drift.psi", """{"country":"de"}""", false)]
    public void Process_AMetricWithTheNameOfADistance_IsRefusedWhileItsDistributionIsWatched(string name, string labels, bool isRefused)
    {
        var policy = DetectionPolicy.Default with { ForgetAfter = TimeSpan.FromHours(6) };
        var driver = new DriftDriver(policy: policy);
        Assert.That(driver.SendMetric(name, 7, labels).Samples, Is.EqualTo(1), "before the distribution");

        var random = new Random(3);
        for (var i = 0; i < 10; i++)
        {
            driver.Send(random, 1);
            var outcome = driver.SendMetric(name, 7, labels);
            Assert.That(outcome.Lost, Is.EqualTo(isRefused ? SampleRefusal.DriftName : SampleRefusal.None));
        }

        Assert.That(driver.Pipeline.RefusedSamples(SampleRefusal.DriftName), Is.EqualTo(isRefused ? 10 : 0));
        Assert.That(driver.Judged.Count(judged => judged.Sample.Value == 7), Is.EqualTo(isRefused ? 1 : 11));

        // Silent for long enough: the name is free.
        for (var i = 0; i < 12 * 7; i++) driver.SendMetric("other", 1);
        Assert.That(driver.SendMetric(name, 7, labels).Samples, Is.EqualTo(1));
    }

    [Test]
    public void Process_ADistributionThatFallsSilent_GivesItsPlaceBack()
    {
        var driver = new DriftDriver(policy: DetectionPolicy.Default with
        {
            DistributionsPerPartition = 1, ForgetAfter = TimeSpan.FromHours(3),
        });
        driver.Send("""{"categories":{"a":5}}""", "a");
        for (var i = 0; i < 160; i++) driver.Send("""{"categories":{"a":5}}""", "b");
        Assert.That(driver.Pipeline.DistributionCount, Is.EqualTo(1));
        Assert.That(driver.Judged.Select(judged => judged.Key.Metric), Has.None.StartsWith("a.").And.Some.StartsWith("b."));
    }

    [Test]
    public void Process_DistancesOfOneDistribution_DoNotConfirmEachOther()
    {
        var driver = new DriftDriver();
        var random = new Random(7);
        driver.Send(random, Day);
        driver.Send(random, 20, shift: 1);
        Assert.That(driver.Events, Is.Not.Empty);
        Assert.That(driver.Events.Select(alert => alert.Metric), Has.None.EqualTo("entity"));
        Assert.That(driver.Events.Select(alert => alert.English.Summary), Has.None.Contain("agrees with"));
    }

    [Test]
    public void Process_AMessageWithoutDistributions_AllocatesNothing()
    {
        var driver = new DriftDriver();
        var random = new Random(8);
        driver.Send(random, 10);
        var pipeline = driver.Pipeline;
        var events = new List<AlertEvent>();
        var now = driver.Now;
        var bytes = System.Text.Encoding.UTF8.GetBytes($$"""{"model":"ranker","ts":{{now.UnixMilliseconds + 1000}},"metrics":{"a":1} }""");
        for (var i = 0; i < 100; i++) pipeline.Process(bytes, 1000 + i, now, events);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) pipeline.Process(bytes, 2000 + i, now, events);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }
}
