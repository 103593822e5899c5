using System.Text;
using System.Text.Json;
using LeptonStream.Alerts;
using LeptonStream.Detection;

namespace LeptonStream.Core.Tests.Detection;

/// <summary>
/// A million hostile records: the pipeline and the writer of its events never throw, and every event fits a record and is JSON.
/// </summary>
[Category("Slow")]
public sealed class PipelineFuzzTests
{
    private const int Records = 250_000;

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    [TestCase(4)]
    public void Process_OfHostileRecords_NeverThrowsAndMakesSoundEvents(int seed) => Run(seed, extremes: false);

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    [TestCase(4)]
    public void Process_OfHostileRecordsWithValuesOfEverySize_NeverThrowsAndMakesSoundEvents(int seed) => Run(seed, extremes: true);

    private static void Run(int seed, bool extremes)
    {
        var producer = new HostileProducer(seed, extremes);
        var pipeline = new PartitionPipeline("metrics", 0, DetectionPolicy.Default with { SeriesPerPartition = 2000 });
        var events = new List<AlertEvent>();
        long accepted = 0, told = 0;
        for (var i = 0; i < Records; i++)
        {
            var value = producer.Next();
            try
            {
                if (pipeline.Process(value, i, producer.Now, events).IsAccepted) accepted++;
                if (i % 100 == 0) pipeline.Tick(TimeSpan.FromSeconds(1), events);
                foreach (var alert in events) AssertSound(alert);
            }
            catch (Exception wrong) when (wrong is not AssertionException)
            {
                Assert.Fail($"seed {seed}, record {i}: {Encoding.UTF8.GetString(value.AsSpan(0, Math.Min(500, value.Length)))}\n{wrong}");
            }

            told += events.Count;
            events.Clear();
        }

        Assert.That(accepted, Is.InRange(Records / 2, Records - 1000));
        Assert.That(told, Is.GreaterThan(1000));
        Assert.That(pipeline.SeriesCount, Is.LessThanOrEqualTo(2000));
        TestContext.Out.WriteLine(
            $"{accepted} accepted, {told} events, {pipeline.SeriesForgotten} series forgotten, {pipeline.EventsDropped} events dropped");
    }

    private static void AssertSound(AlertEvent alert)
    {
        var json = AlertEventJson.Write(alert);
        if (json.Length > AlertEventSize.MaxBytes) Assert.Fail($"{json.Length} bytes");
        using var document = JsonDocument.Parse(json);
        if (!AlertEventJson.TryRead(json, out _, out var error)) Assert.Fail(error!);
    }
}
