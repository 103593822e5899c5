using System.Globalization;
using System.Text;
using System.Text.Json;
using LeptonStream.Alerts;
using LeptonStream.Detection;
using LeptonStream.Detection.Policies;
using LeptonStream.Testing;
using NJsonSchema;

namespace LeptonStream.Core.Tests.Detection;

/// <summary>
/// Records that once stopped a worker: a few hundred bytes to a few kilobytes that became a NaN, or events larger than Kafka takes.
/// </summary>
public sealed class PoisonRecordTests
{
    private const int Labels = 32;

    [Test]
    public void Process_ValuesAtTheEndOfTheRange_MakeEventsThatCanBeWritten()
    {
        (int Seconds, string Value)[] samples =
        [
            (1700186000, "-1.7e+308"), (1700186600, "\"NaN\""), (1700187200, "-1.7e+308"), (1700187800, "1.7e+308"),
            (1700202200, "-1.7e+308"), (1700359400, "-1.7e+308"), (1700360000, "-1.7e+308"),
        ];
        var driver = new PipelineTestDriver();
        var messages = samples.Select(sample => $$$"""{"model":"a","ts":{{{sample.Seconds}}},"metrics":{"x":{{{sample.Value}}} } }""");
        Assert.That(driver.Send($"[{string.Join(',', messages)}]").IsAccepted, Is.True);
        foreach (var alert in driver.Events) AssertSound(alert);
        Assert.That(driver.Judged.Select(judged => judged.Score), Is.Not.Empty.And.All.InRange(0, double.MaxValue));
    }

    [Test]
    public async Task Process_AnEventLargerThanKafkaTakes_IsShortenedAndSaysSo()
    {
        var driver = new PipelineTestDriver();
        // Each takes four bytes in the message and twelve, as two escapes, in the event.
        var value = string.Concat(Enumerable.Repeat("😀", 256));
        Warm(driver, value, "\"x\":1");
        Send(driver, value, "\"x\":\"NaN\"");
        var alert = driver.Events[^1];
        AssertSound(alert);
        Assert.That(alert.Truncated, Is.EqualTo((string[])["points", "explanation", "labels"]));
        Assert.That(alert.Points, Is.Empty);
        Assert.That(alert.Labels, Has.Count.EqualTo(Labels));
        Assert.That(alert.RoutingLabels["l00"], Is.EqualTo(alert.Labels["l00"]));
        var schema = await JsonSchema.FromFileAsync(Path.Combine(SharedFolder.RepositoryRoot, "docs", "alert-event.schema.json"));
        Assert.That(schema.Validate(Encoding.UTF8.GetString(AlertEventJson.Write(alert))), Is.Empty);
        Assert.That(AlertEventJson.TryRead(AlertEventJson.Write(alert), out var read, out var error), Is.True, error);
        Assert.That(read!.Truncated, Is.EqualTo(alert.Truncated));
    }

    [Test]
    public void Process_TwoSeriesWhoseLongLabelsDifferAtTheEnd_StayTwo()
    {
        var driver = new PipelineTestDriver();
        var value = string.Concat(Enumerable.Repeat("😀", 255));
        foreach (var end in (string[])["a", "b"])
        {
            Warm(driver, value + end, "\"x\":1");
            Send(driver, value + end, "\"x\":\"NaN\"");
        }

        Assert.That(driver.Events.Select(e => e.RoutingLabels).Distinct().Count(), Is.EqualTo(2));
        Assert.That(driver.Events.Select(e => e.Truncated?[^1]), Is.All.EqualTo("labels"));
    }

    [Test]
    public void Process_LabelsThatFit_AreLeftAsTheyAre()
    {
        var driver = new PipelineTestDriver();
        Warm(driver, new string('x', 500), "\"x\":1");
        Send(driver, new string('x', 500), "\"x\":\"NaN\"");
        Assert.That(driver.Events.Single().Labels["l31"], Is.EqualTo(new string('x', 500)));
        Assert.That(driver.Events.Single().Truncated, Is.Null.Or.EqualTo((string[])["points"]));
    }

    [Test]
    public void Process_ThousandsOfEventsOfOneRecord_ComeInBoundedPartsAndFew()
    {
        var driver = new PipelineTestDriver();
        driver.Pipeline.Observer = null;
        var label = new string('x', 1024);
        Warm(driver, label, Metrics(1024, "1"));
        var released = 0;
        for (var n = 0; n < 8; n++)
        {
            Send(driver, label, Metrics(1024, "\"NaN\""));
            Assert.That(driver.Events.Count - released, Is.LessThanOrEqualTo(DetectionPolicy.Default.EventsPerRecord));
            released = driver.Events.Count;
        }

        Assert.That(driver.Events.Sum(e => (long)AlertEventJson.Write(e).Length), Is.LessThan(100_000_000));
        Assert.That(driver.Pipeline.EventsDropped, Is.GreaterThan(0));
        foreach (var alert in driver.Events.Take(20)) AssertSound(alert);
    }

    [Test]
    public void Process_AThousandMetricsThatFailTogether_TellsAllOfThemWithTheNextRecordsAndTicks()
    {
        var driver = new PipelineTestDriver();
        driver.Pipeline.Observer = null;
        Warm(driver, "x", Metrics(1000, "1"));
        Send(driver, "x", Metrics(1000, "\"NaN\""));
        Assert.That((driver.Events.Count, driver.Pipeline.SilenceEvery), Is.EqualTo((256, TimeSpan.FromSeconds(1))));
        driver.Step("other", "x", 1, seconds: 1);
        driver.Pipeline.Tick(TimeSpan.FromSeconds(1), driver.Events);
        driver.Pipeline.Tick(TimeSpan.FromSeconds(2), driver.Events);
        Assert.That(driver.Events.Select(e => e.Metric), Is.EqualTo(Enumerable.Range(0, 1000).Select(i => $"m{i}")));
        Assert.That(driver.Events.Select(e => e.Id), Is.Unique);
        Assert.That((driver.Pipeline.EventsDropped, driver.Pipeline.SilenceEvery), Is.EqualTo((0L, TimeSpan.FromSeconds(10))));
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Process_MetricsOfAnEntityInOneMessageOrInOneEach_FindsTheSameJointChange(bool isSplit)
    {
        string[] names = ["gpu_busy", "mem_bw", "pcie_rx", "tokens", "batch", "hits", "power_w", "sm_clk"];
        var driver = new PipelineTestDriver();
        var random = new Random(46);
        for (var i = 0; i < 2900; i++)
        {
            driver.Now += TimeSpan.FromSeconds(30);
            var row = names.Select(name => string.Create(CultureInfo.InvariantCulture,
                $"\"{name}\":{50 + (2 * Detectors.Streams.Gauss(random)) + (i >= 2880 ? 7.2 : 0):F3}")).ToArray();
            foreach (var metrics in isSplit ? row : [string.Join(',', row)])
                driver.Send($$$"""{"model":"ent","ts":"{{{driver.Now}}}","labels":{"host":"h1"},"metrics":{ {{{metrics}}} } }""");
        }

        var entity = driver.Events.Where(e => e.Metric == "entity").ToArray();
        Assert.That(entity, Is.Not.Empty);
        Assert.That(entity[0].Type, Is.EqualTo(AlertEventType.Opened));
    }

    // Until the series are known.
    private static void Warm(PipelineTestDriver driver, string label, string metrics)
    {
        var before = driver.Events.Count;
        for (var i = 0; i < SeriesPolicy.Default.WarmUp + 10; i++)
            Send(driver, label, metrics.Replace(":1", (i % 3) switch { 0 => ":1", 1 => ":2", _ => ":3" }, StringComparison.Ordinal));
        // Others may be gone meanwhile.
        Assert.That(driver.Events.Skip(before).Select(e => e.EndedReason), Is.All.EqualTo(EndedReason.Gone));
    }

    private static void Send(PipelineTestDriver driver, string label, string metrics)
    {
        driver.Now += TimeSpan.FromMinutes(1);
        Assert.That(driver.Send(Message(driver, label, metrics)).IsAccepted, Is.True);
    }

    private static string Metrics(int count, string value) => string.Join(',', Enumerable.Range(0, count).Select(i => $"\"m{i}\":{value}"));

    private static string Message(PipelineTestDriver driver, string label, string metrics)
    {
        var labels = string.Join(',', Enumerable.Range(0, Labels).Select(i => $"\"l{i:00}\":\"{label}\""));
        return $$$"""{"model":"a","ts":"{{{driver.Now}}}","labels":{ {{{labels}}} },"metrics":{ {{{metrics}}} } }""";
    }

    private static void AssertSound(AlertEvent alert)
    {
        var json = AlertEventJson.Write(alert);
        Assert.That(json.Length, Is.LessThanOrEqualTo(AlertEventSize.MaxBytes));
        using var document = JsonDocument.Parse(json);
        Assert.That(double.IsFinite(alert.Score) && double.IsFinite(alert.Confidence));
    }
}
