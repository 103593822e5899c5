using System.Text;
using Confluent.Kafka;
using LeptonStream.Health;
using LeptonStream.Kafka.Status;
using LeptonStream.Storage;
using LeptonStream.Testing;

namespace LeptonStream.Roles.Tests.Detector;

/// <summary>What the detector says of itself: on the status topic and to the probes.</summary>
[Parallelizable]
public sealed class DetectorStatusTests
{
    private DetectorRig _rig = null!;

    [SetUp]
    public void MakeRig() => _rig = new DetectorRig(partitions: 1);

    [TearDown]
    public void RemoveRig() => _rig.Dispose();

    [Test]
    public async Task Run_TellsEachPartitionsNumbersOnTheStatusTopic()
    {
        _rig.Probe.Produce(_rig.Topics.Metrics, 0, MetricStream.Of("llama", 100));
        _rig.Probe.ProduceText(_rig.Topics.Metrics, 0, "no metric");
        _rig.Start();

        await Eventually.True(() => Last()?.Total.Records == 101, "the status of all records", TimeSpan.FromSeconds(60));
        var record = _rig.Probe.Read(_rig.Topics.Status).Last();
        var status = Last()!;
        Assert.That(Encoding.UTF8.GetString(record.Message.Key!), Is.EqualTo("detector/0"));
        Assert.That((status.Role, status.Topic, status.Partition, status.NextOffset, status.Lag),
            Is.EqualTo(("detector", _rig.Topics.Metrics, 0, 101L, 0L)));
        Assert.That((status.Series, status.Restarts, status.Cold, status.Blocked), Is.EqualTo((1, 0, false, false)));
        Assert.That((status.Total.Samples, status.Total.RecordsRefused.Single()),
            Is.EqualTo((100L, KeyValuePair.Create("malformed_json", 1L))));
        Assert.That(status.LastMinute.Records, Is.EqualTo(101));
        Assert.That(status.Problems, Is.Empty);
        Assert.That(DateTimeOffset.UtcNow - status.At, Is.LessThan(TimeSpan.FromMinutes(1)));
    }

    [Test]
    public async Task Run_NearlyEverythingIsRefused_IsNotReadyAndSaysWhy()
    {
        _rig.Probe.ProduceText(_rig.Topics.Metrics, 0, [.. Enumerable.Repeat("no metric", 90)]);
        _rig.Probe.Produce(_rig.Topics.Metrics, 0, MetricStream.Of("llama", 10));
        var host = _rig.Start();

        await Eventually.True(() => DetectorRig.HealthOf(host).Ready().Detail.Contains("90% of the records"), "the refusals named");
        Assert.That(DetectorRig.HealthOf(host).Ready(), Is.EqualTo(LeptonStream.Health.HealthReport.Unhealthy(
            "90% of the records in lepton.metrics[0] were refused in the last minute (malformed_json 90)")));
        Assert.That(DetectorRig.HealthOf(host).Live().IsHealthy, Is.True);
    }

    [Test]
    public async Task Run_NothingOfASmallProducerIsJudged_NamesItsKeyUntilSomethingIs()
    {
        var now = DateTimeOffset.UtcNow;
        _rig.Probe.Produce(_rig.Topics.Metrics, 0, MetricStream.Of("llama", 60));
        _rig.Probe.Produce(_rig.Topics.Metrics, 0, Enumerable.Range(0, 4).Select(i => Late("small\n", i)));
        _rig.Start();

        await Eventually.True(() => Last()?.Unjudged.Count > 0, "the key named", TimeSpan.FromSeconds(60));
        var key = Last()!.Unjudged.Single();
        Assert.That((key.Key, key.Records, key.Reason), Is.EqualTo(("small ", 3L, "out_of_order")), "of four, the first was judged");
        Assert.That(StatusHealth.ProblemsOf("detector", [Last()!], 1, DateTimeOffset.UtcNow).Select(problem => problem.Text), Has.One.Match(
            "^nothing of the last 3 records of key 'small ' in lepton.metrics\\[0\\] was judged \\(out_of_order, since 20.* UTC\\)$"));

        _rig.Probe.Produce(_rig.Topics.Metrics, 0, [Late("small\n", -5)]);
        await Eventually.True(() => Last()?.Unjudged.Count == 0, "judged again", TimeSpan.FromSeconds(60));

        Message<byte[]?, byte[]?> Late(string producer, int i) => new()
        {
            Key = Encoding.UTF8.GetBytes(producer),
            Value = Encoding.UTF8.GetBytes($$$"""{"model":"small","ts":"{{{now.AddSeconds(-10 - i):O}}}","metrics":{"a":1}}"""),
        };
    }

    [Test]
    public async Task Run_NearlyAllSamplesAreRefused_IsNotReadyAndSaysWhy()
    {
        _rig.Probe.Produce(_rig.Topics.Metrics, 0, MetricStream.Of("llama", 100).Reverse());
        var host = _rig.Start();

        await Eventually.True(() => DetectorRig.HealthOf(host).Ready().Detail.Contains("99% of the samples"), "the refusals named");
        Assert.That(DetectorRig.HealthOf(host).Ready().Detail, Is.EqualTo(
            "99% of the samples in lepton.metrics[0] were refused in the last minute (out_of_order 99)"));
    }

    [TestCase("out_of_order", 79, 21, false)]
    [TestCase("out_of_order", 80, 20, true)]
    [TestCase("series_limit", 9, 0, false)]
    [TestCase("series_limit", 10, 0, true)]
    [TestCase("duplicate", 90, 10, false)]
    [TestCase("ignored", 90, 10, false)]
    [TestCase("counter_start", 90, 0, false)]
    [TestCase("vendor_blank", 90, 0, false)]
    public void BlindnessOf_SamplesThatAreRefused_CountsThoseThatAreLost(string reason, int refused, int judged, bool isBlind)
    {
        var status = Status(0, default) with { LastMinute = new() { Records = 20, Samples = judged,
            SamplesRefused = new Dictionary<string, long> { [reason] = refused } } };
        Assert.That(StatusHealth.BlindnessOf(status) is not null, Is.EqualTo(isBlind));
    }

    [Test]
    public void ProblemsOf_DeadBlindAndTroubledPartitions_AreNamedOnce()
    {
        var now = new DateTimeOffset(2026, 11, 28, 3, 0, 0, TimeSpan.Zero);
        PartitionStatus[] statuses =
        [
            Status(0, now.AddSeconds(-5)),
            Status(1, now.AddSeconds(-31)),
            Status(2, now) with { LastMinute = new() { Records = 100, RecordsRefused = new Dictionary<string, long>
            { ["too_large"] = 80 } }, Problems = [RoleProblem.Plain("a problem")] },
            Status(3, now) with { Problems = [RoleProblem.Plain("a problem")] },
            Status(9, now),
        ];

        Assert.That(Sentences("detector", 5, now), Is.EqualTo(new[]
        {
            "no detector works on partitions 1, 4: the last report is of 2026-11-28 02:59:29 UTC",
            "80% of the records in lepton.metrics[2] were refused in the last minute (too_large 80)",
            "detector: a problem",
        }));
        Assert.That(Sentences("detector", 1, now), Is.Empty);
        Assert.That(Sentences("detector", 4, now.AddSeconds(60)),
            Is.EqualTo(new[] { "no detector is running: the last report is of 2026-11-28 03:00:00 UTC" }));
        Assert.That(Sentences("notifier", 4, now),
            Is.EqualTo(new[] { "no notifier is running: none has ever reported" }));

        IEnumerable<string> Sentences(string role, int partitions, DateTimeOffset at) =>
            StatusHealth.ProblemsOf(role, statuses, partitions, at).Select(problem => problem.ToString());
    }

    [TestCase(4, 4, null)]
    [TestCase(12, 0, "12% of the records of the last minute refused (too_large 12)")]
    [TestCase(0, 25, "20% of the samples of the last minute refused (series_limit 25)")]
    [TestCase(6, 100, "6% of the records of the last minute refused (too_large 6), 50% of the samples of the last minute refused "
        + "(series_limit 100)")]
    public void RefusalsOf_AShareOfEverything_IsSaidFromAFewPercentOn(int records, int samples, string? words)
    {
        var some = Status(0, default) with { LastMinute = new() { Records = 60, Samples = 60,
            RecordsRefused = new Dictionary<string, long> { ["too_large"] = records },
            SamplesRefused = new Dictionary<string, long> { ["series_limit"] = samples, ["ignored"] = 1_000 } } };
        var none = Status(1, default) with { LastMinute = new() { Records = 40, Samples = 40 } };
        Assert.That(StatusHealth.RefusalsOf([some, none]), Is.EqualTo(words));
    }

    /// <summary>A clock that was set back leaves reports behind that stay new for as long as it was set back.</summary>
    [Test]
    public void ProblemsOf_AReportOfATimeToCome_SaysThatNobodyKnows()
    {
        var now = new DateTimeOffset(2026, 11, 28, 3, 0, 0, TimeSpan.Zero);
        PartitionStatus[] statuses = [Status(0, now.AddHours(1)), Status(1, now.AddSeconds(20)), Status(2, now)];
        Assert.That(StatusHealth.ProblemsOf("detector", statuses, 3, now).Select(problem => problem.Text), Has.One.StartsWith(
            "nobody knows whether a detector is running: the last report is of 2026-11-28 04:00:00 UTC, a time to come"));
        Assert.That(StatusHealth.Alive("detector", statuses, 3, now).Select(status => status.Partition), Is.EqualTo(new[] { 1, 2 }));

        RoleStatus[] roles = [new() { Role = "notifier", ReportedAt = now.AddHours(1).ToUnixTimeMilliseconds() }];
        Assert.That(RoleStatus.ProblemsOf(roles, now).Single().Code, Is.EqualTo("clocks_differ"));
        Assert.That(RoleStatus.ProblemsOf(roles, now.AddHours(1)), Is.Empty);
    }

    /// <summary>Anyone may write to the topic, and whoever reads it adds the numbers up.</summary>
    [TestCase("\"lag\":0", "\"lag\":9223372036854775807")]
    [TestCase("\"lag\":0", "\"lag\":-1")]
    [TestCase("\"series\":0", "\"series\":-1")]
    [TestCase("\"samples\":0", "\"samples\":9223372036854775807")]
    [TestCase("\"recordsRefused\":{}", "\"recordsRefused\":{\"a\":9223372036854775807,\"b\":1}")]
    [TestCase("\"samplesRefused\":{}", "\"samplesRefused\":{\"series_limit\":-9223372036854775808}")]
    public void Read_NumbersThatCantBe_AreNoStatus(string part, string forged)
    {
        var written = Encoding.UTF8.GetString(Status(0, default).Write());
        Assert.That(PartitionStatus.Read(Encoding.UTF8.GetBytes(written)), Is.Not.Null);
        Assert.That(written, Does.Contain(part));
        Assert.That(PartitionStatus.Read(Encoding.UTF8.GetBytes(written.Replace(part, forged, StringComparison.Ordinal))), Is.Null);
    }

    [Test]
    public void Read_ProblemsOfAnOlderProgram_AreTakenAsTheySaidThem()
    {
        var written = Encoding.UTF8.GetString((Status(0, default) with { Problems = [RoleProblem.Plain("x")] }).Write());
        var old = System.Text.RegularExpressions.Regex.Replace(written, "\"problems\":\\[.*?\\]", "\"problems\":[\"a problem\"]");
        Assert.That(PartitionStatus.Read(Encoding.UTF8.GetBytes(old))!.Problems, Is.EqualTo(new[] { RoleProblem.Plain("a problem") }));
    }

    /// <summary>A detector whose host's clock is off by days lives as long as its reports come.</summary>
    [TestCase(-2)]
    [TestCase(2)]
    public void Read_WhileTheTopicIsFollowed_GoesByTheReadersClock(int days)
    {
        var now = DateTimeOffset.UtcNow;
        Publish();
        using var reader = new StatusReader(_rig.Options, _rig.Topics, new TestLog(), TimeProvider.System);
        Assert.That(Problems(), Has.Count.EqualTo(1), "of one that was there before nobody knows when it came");
        Publish();
        Assert.That(Problems(), Is.Empty);

        void Publish() => _rig.Probe.Produce(_rig.Topics.Status, 0,
            [new() { Key = Encoding.UTF8.GetBytes(Status(0, now).Key), Value = Status(0, now.AddDays(days)).Write() }]);

        IReadOnlyList<RoleProblem> Problems() =>
            StatusHealth.ProblemsOf("detector", reader.Read(CancellationToken.None), 1, DateTimeOffset.UtcNow);
    }

    private static PartitionStatus Status(int partition, DateTimeOffset at) =>
        new() { Role = "detector", Instance = "host/1", Topic = "lepton.metrics", Partition = partition, At = at };

    private PartitionStatus? Last()
    {
        using var reader = new StatusReader(_rig.Options, _rig.Topics, new TestLog());
        return reader.Read(CancellationToken.None).SingleOrDefault();
    }
}
