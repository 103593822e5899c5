using System.Globalization;
using LeptonStream.Alerts;
using LeptonStream.Core.Tests.Detection.Snapshots;
using LeptonStream.Detection;

namespace LeptonStream.Core.Tests.Updates;

/// <summary>The whole way: messages say a version, it changes, and one event says the difference that it made.</summary>
public sealed class ModelUpdateTests
{
    [Test]
    public void Process_AVersionThatIsWorse_OpensOneWarningWithTheDifferences([Values] bool isLabel, [Range(1, 5)] int seed)
    {
        var driver = new UpdateDriver(seed);
        driver.Run("v1", 50, isLabel: isLabel);
        driver.Run("v2", 3, latency: 260, accuracy: 0.8, isLabel: isLabel);
        Assert.That(driver.Events, Has.Count.EqualTo(1));
        var made = driver.Events[0];
        TestContext.Out.WriteLine($"{made.English}\n{made.Chinese}\n{string.Join('\n', made.ModelUpdate!.Metrics)}");
        Assert.That((made.Type, made.Severity, made.Model, made.Metric),
            Is.EqualTo((AlertEventType.Opened, AlertSeverity.Warning, "ranker", "model_version")));
        Assert.That(made.RoutingLabels.Select(label => $"{label.Key}={label.Value}"), Is.SupersetOf((string[])
            ["kind=model_update", "verdict=worse", "model_version=v2", "previous_version=v1", "alertname=LeptonStreamModelUpdate"]));
        var latency = made.ModelUpdate.Metrics.Single(metric => metric.Metric == "ttft_ms");
        Assert.That((latency.Verdict, latency.Method, latency.Canonical, latency.Unit),
            Is.EqualTo((UpdateVerdict.Worse, UpdateMethod.DayBefore, "infer.ttft_ms", "ms")));
        Assert.That(latency.Lower, Is.LessThan(60).And.GreaterThan(0));
        Assert.That(latency.Upper, Is.GreaterThan(60));
        Assert.That((latency.SamplesBefore, latency.SamplesAfter), Is.EqualTo((24, 23)));
        Assert.That(made.ModelUpdate.Metrics.Single(metric => metric.Metric == "eval_accuracy").Verdict, Is.EqualTo(UpdateVerdict.Worse));
        Assert.That(made.English.Summary, Does.StartWith("ranker: version v2 is worse than v1: "));
        Assert.That(made.Chinese.Summary, Does.StartWith("ranker：版本 v2 比 v1 变差："));
    }

    [Test]
    public void Process_AVersionThatIsBetterOrTheSame_IsForTheRecordAndOverAtOnce([Range(1, 5)] int seed)
    {
        var driver = new UpdateDriver(seed);
        driver.Run("v1", 50);
        driver.Run("v2", 40, latency: 150);
        driver.Run("v3", 3, latency: 150);
        Assert.That(driver.Events.Select(made => (made.Type, made.Severity, made.ModelUpdate!.Verdict)), Is.EqualTo(
            (object[])[Event(AlertEventType.Opened, UpdateVerdict.Better), Event(AlertEventType.Resolved, UpdateVerdict.Better),
                Event(AlertEventType.Opened, UpdateVerdict.Same), Event(AlertEventType.Resolved, UpdateVerdict.Same)]));
        Assert.That(driver.Events.Select(made => made.Id).Distinct().Count(), Is.EqualTo(4));
        Assert.That(AlertsForTheRecord.IsInfo(driver.Events[0].RoutingLabels), Is.True);

        static (AlertEventType, AlertSeverity, UpdateVerdict) Event(AlertEventType type, UpdateVerdict verdict) =>
            (type, AlertSeverity.Info, verdict);
    }

    [Test]
    public void Process_ARollback_EndsTheAlertAsRecovered()
    {
        var driver = new UpdateDriver(3);
        driver.Run("v1", 50);
        driver.Run("v2", 4, latency: 300);
        driver.Run("v1", 1);
        Assert.That(driver.Events.Select(made => made.EndedReason), Is.EqualTo((object?[])[null, EndedReason.Recovered]));
        Assert.That(driver.Events[1].AlertId, Is.EqualTo(driver.Events[0].AlertId));
        Assert.That(driver.Events[1].English.Summary, Does.EndWith("version v2 is no longer in use"));
    }

    [Test]
    public void Process_AWorseVersionThatStays_IsAcceptedAfterADay()
    {
        var driver = new UpdateDriver(3);
        driver.Run("v1", 50);
        driver.Run("v2", 28, latency: 300);
        Assert.That(driver.Events.Select(made => made.EndedReason), Is.EqualTo((object?[])[null, EndedReason.Accepted]));
    }

    [Test]
    public void Process_ACanary_IsComparedSideBySideOnceAndQuietlyTakesOver([Range(1, 5)] int seed)
    {
        var driver = new UpdateDriver(seed) { Daily = 0.5 };
        driver.Run("v1", 30);
        for (var i = 0; i < 12 * 20; i++)
        {
            driver.Wait();
            driver.Send("v1");
            driver.Send("v2", latency: 260, instance: "canary");
        }

        Assert.That(driver.Events, Has.Count.EqualTo(1));
        var latency = driver.Events[0].ModelUpdate!.Metrics.Single(metric => metric.Metric == "ttft_ms");
        Assert.That((latency.Verdict, latency.Method), Is.EqualTo((UpdateVerdict.Worse, UpdateMethod.SideBySide)));
        driver.Run("v2", 20, latency: 260);
        driver.Run("v3", 3, latency: 260);
        Assert.That(driver.Events.Select(made => made.ModelUpdate!.To).Distinct(), Is.EqualTo((string[])["v2", "v3"]));
        Assert.That(driver.Events[^1].ModelUpdate!.From, Is.EqualTo("v2"));
    }

    [Test]
    public void Process_VersionsToAndFro_SayEachPairOnce()
    {
        var driver = new UpdateDriver(4);
        for (var i = 0; i < 10; i++)
        {
            driver.Run("v1", 5);
            driver.Run("v2", 5);
        }

        Assert.That(driver.Events.Where(made => made.Type == AlertEventType.Opened).Select(made => made.ModelUpdate!.To).Order(),
            Is.EqualTo((string[])["v1", "v2"]));
    }

    [Test]
    public void Process_ManyVersionsForGood_AreBounded()
    {
        var driver = new UpdateDriver(5, minutes: 15);
        var random = new Random(5);
        for (var i = 0; i < 4 * 24 * 3; i++)
        {
            driver.Wait();
            for (var instance = 0; instance < 4; instance++) driver.Send($"v{instance}", instance: $"i{instance}");
            driver.Send($"sha-{random.Next()}", instance: "build");
        }

        Assert.That(driver.Events.Count(made => made.Type == AlertEventType.Opened), Is.InRange(1, 3));
    }

    [Test]
    public void Process_AVersionThatIsGoneBeforeThereAreValues_SaysNothing()
    {
        var driver = new UpdateDriver(6);
        driver.Run("v1", 50);
        driver.Run("v2", 1, latency: 500);
        driver.Run("v1", 40);
        Assert.That(driver.Events, Is.Empty);
    }

    [Test]
    public void Process_ADeclaration_HoldsForMessagesWithoutAVersion()
    {
        var driver = new UpdateDriver(7);
        Declare("v1");
        driver.Run(null, 50);
        Declare("v2");
        driver.Run(null, 3, latency: 300);
        Assert.That(driver.Events.Single().ModelUpdate!.Verdict, Is.EqualTo(UpdateVerdict.Worse));
        Assert.That(driver.Events[0].ModelUpdate!.To, Is.EqualTo("v2"));

        void Declare(string version) =>
            driver.Raw($$"""{"model":"ranker","ts":{{driver.Now.UnixMilliseconds}},"model_version":"{{version}}" }""");
    }

    [Test]
    public void Process_AMetricThatOneVersionLacks_IsLeftOut()
    {
        var driver = new UpdateDriver(8);
        driver.Run("v1", 50);
        for (var i = 0; i < 40; i++)
        {
            driver.Wait();
            driver.Send("v2", false, "a", "\"ttft_ms\":200,\"answer_relevance\":0.5");
        }

        Assert.That(driver.Events[0].ModelUpdate!.Metrics.Select(metric => metric.Metric), Is.EqualTo((string[])["ttft_ms"]));
    }

    [Test]
    public void Process_NoKnownKind_ComparesAllMetrics()
    {
        var driver = new UpdateDriver(9);
        Send("v1", 400, 5);
        Send("v2", 40, 9);
        var metric = driver.Events[0].ModelUpdate!.Metrics.Single();
        Assert.That((metric.Metric, metric.Verdict), Is.EqualTo(("clicks", UpdateVerdict.Changed)));
        Assert.That(driver.Events[0].Severity, Is.EqualTo(AlertSeverity.Info));

        void Send(string version, int messages, int value)
        {
            var random = new Random(1);
            for (; messages > 0; messages--)
            {
                driver.Wait();
                driver.Send(version, false, "a", $"\"clicks\":{value + random.Next(2)}");
            }
        }
    }

    [Test]
    public void Process_SparseValues_AreWaitedForForADay()
    {
        var driver = new UpdateDriver(10, minutes: 60);
        driver.Run("v1", 60);
        driver.Run("v2", 7, accuracy: 0.7);
        Assert.That(driver.Events, Is.Empty);
        driver.Run("v2", 3, accuracy: 0.7);
        Assert.That(driver.Events.Single().ModelUpdate!.Verdict, Is.EqualTo(UpdateVerdict.Worse));
    }

    [TestCase(1)]
    [TestCase(7)]
    [TestCase(9_000)]
    public void Process_TheFirstMessageOfAVersionComesDaysLate_ComparesItAllTheSame(int days)
    {
        var driver = new UpdateDriver(15);
        driver.Run("v1", 50);
        var then = driver.Now.UnixMilliseconds - (days * 86_400_000L);
        driver.Raw($$"""{"model":"ranker","ts":{{then}},"model_version":"v2","labels":{"instance":"a"},"metrics":{"ttft_ms":260} }""");
        driver.Run("v2", 3, latency: 260);
        Assert.That(driver.Events.Single().ModelUpdate!.Verdict, Is.EqualTo(UpdateVerdict.Worse));
    }

    [Test]
    public void Process_ValuesOfAnySizeSideBySide_MakeFiniteNumbers(
        [Values(1e-250, 1e-20, 0)] double small, [Values(1e90, 1e300)] double large)
    {
        var driver = new UpdateDriver(16);
        for (var i = 0; i < 12 * 30; i++)
        {
            driver.Wait();
            foreach (var (version, latency) in ((string, double)[])[("v1", i == 200 ? small : 200), ("v2", i == 200 ? large : 260)])
                driver.Send(version, isLabel: false, version, $"\"ttft_ms\":{latency.ToString("R", CultureInfo.InvariantCulture)}");
        }

        Assert.That(driver.Events, Is.Not.Empty);
        foreach (var made in driver.Events) Assert.That(() => AlertEventJson.Write(made), Throws.Nothing);
        SnapshotBytes.Of(driver.Pipeline);
    }

    [Test]
    public void Process_TooFewValuesInADay_SaysSo()
    {
        var driver = new UpdateDriver(11, minutes: 480);
        driver.Run("v1", 200);
        driver.Run("v2", 40);
        Assert.That(driver.Events[0].ModelUpdate!.Verdict, Is.EqualTo(UpdateVerdict.Unknown));
        Assert.That(driver.Events[0].English.Summary, Does.EndWith("too few values to compare them"));
    }

    [Test]
    public void Process_MoreModelsThanAllowed_AreNotCompared()
    {
        var driver = new UpdateDriver(12, policy: DetectionPolicy.Default with { VersionedModelsPerPartition = 0 });
        driver.Run("v1", 50);
        driver.Run("v2", 5, latency: 500);
        Assert.That(driver.Events, Is.Empty);
        Assert.That(driver.Pipeline.VersionedModelCount, Is.Zero);
        Assert.That(driver.Pipeline.VersionsLeftOut, Is.Positive);
    }

    [TestCase(3, 5, 2 * 4)]
    [TestCase(5, 5, 0)]
    public void Process_ModelsBeyondTheLimit_CountEachOfTheirMessages(int limit, int models, int leftOut)
    {
        var driver = new UpdateDriver(12, policy: DetectionPolicy.Default with { VersionedModelsPerPartition = limit });
        for (var i = 0; i < 4 * models; i++)
        {
            driver.Raw($$$"""
                {"model":"m{{{i % models}}}","ts":{{{driver.Now.UnixMilliseconds + i}}},"labels":{"model_version":"1"},"metrics":{"x":1} }
                """);
            driver.Raw($$$"""{"model":"m{{{i % models}}}","ts":{{{driver.Now.UnixMilliseconds + i}}},"metrics":{"y":1} }""");
        }

        Assert.That((driver.Pipeline.VersionedModelCount, driver.Pipeline.VersionsLeftOut), Is.EqualTo((limit, leftOut)));
    }

    [Test]
    public void Process_AModelThatFallsSilent_EndsItsAlertAsGoneAndIsForgotten()
    {
        var driver = new UpdateDriver(13, policy: DetectionPolicy.Default with { ForgetAfter = TimeSpan.FromHours(5) });
        driver.Run("v1", 50);
        driver.Run("v2", 3, latency: 500);
        for (var i = 0; i < 12 * 6; i++)
        {
            driver.Wait();
            driver.Raw($$"""{"model":"other","ts":{{driver.Now.UnixMilliseconds}},"metrics":{"x":1} }""");
        }

        Assert.That(driver.Events.Select(made => made.EndedReason), Is.EqualTo((object?[])[null, EndedReason.Gone]));
        Assert.That(driver.Pipeline.VersionedModelCount, Is.Zero);
    }

    [Test]
    public void Process_AMessageWithAVersion_AllocatesNothing([Values] bool isLabel)
    {
        var driver = new UpdateDriver(14);
        driver.Run("v1", 1, isLabel: isLabel);
        var version = isLabel ? "\"labels\":{\"instance\":\"a\",\"model_version\":\"v1\"}"
            : "\"model_version\":\"v1\",\"labels\":{\"instance\":\"a\"}";
        var bytes = System.Text.Encoding.UTF8.GetBytes(
            $$"""{"model":"ranker","ts":{{driver.Now.UnixMilliseconds + 1000}},{{version}},"metrics":{"ttft_ms":1} }""");
        var events = new List<AlertEvent>();
        for (var i = 0; i < 100; i++) driver.Pipeline.Process(bytes, 1000 + i, driver.Now, events);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) driver.Pipeline.Process(bytes, 2000 + i, driver.Now, events);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }
}
