using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using LeptonStream.Integration.Tests.Detector;
using LeptonStream.Testing;

namespace LeptonStream.Integration.Tests.Kafka;

/// <summary><c>lepton series</c> on a real Kafka, which knows when a record was written.</summary>
public sealed class SeriesOnKafkaTests
{
    [Test]
    public async Task Series_OfATrainingRun_IsShownWithTheWordsThatItsRulesJudgeIt()
    {
        using var rig = await DetectorOnKafka.On(await RealKafka.Shared(), partitions: 1);
        using var probe = new TopicProbe(rig.Options);
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        string At(int step) =>
            $$"""{"model":"sft","ts":{{now - 10_000 + (step * 1_000)}},"step":{{step}},"metrics":{"loss":{{3 - (step / 10.0)}}} }""";
        probe.Produce(rig.Topics.Metrics, 0, [.. Enumerable.Range(1, 5).Select(step =>
            new Message<byte[]?, byte[]?> { Key = Encoding.UTF8.GetBytes("sft"), Value = Encoding.UTF8.GetBytes(At(step)) })]);

        var text = await rig.Run("series", "model=sft", "metric=loss");
        var json = await rig.Run("series", "model=sft", "metric=loss", "--json");

        Assert.That(text.Output, Does.Contain("1 series, judged again from 5 records").And.Match(@"sft +loss .* 2\.5 +- +- +- +-")
            .And.Contain("1 of them without score: the rules of their training run judge them"));
        using var series = JsonDocument.Parse(json.Output);
        Assert.That(series.RootElement.GetProperty("score").ValueKind, Is.EqualTo(JsonValueKind.Null));
        Assert.That(series.RootElement.GetProperty("points").GetArrayLength(), Is.EqualTo(5));
    }

    [Test]
    public async Task Series_ThatNoAlertIsAbout_HasItsBandAndScoreAndChart()
    {
        using var rig = await DetectorOnKafka.On(await RealKafka.Shared(), partitions: 2);
        using var probe = new TopicProbe(rig.Options);
        probe.Produce(rig.Topics.Metrics, 0, MetricStream.Of("llama", 300));
        probe.Produce(rig.Topics.Metrics, 0, MetricStream.Of("llama", 300, metric: "queue_length"));
        probe.Produce(rig.Topics.Metrics, 1, MetricStream.Of("other", 300));

        var all = await rig.Run("series");
        var one = await rig.Run("series", "model=llama", "metric=~ttft.*");
        var json = await rig.Run("series", "model=llama", "metric=queue_length", "--json");
        var none = await rig.Run("series", "model=nobody");

        Assert.That(all.ExitCode, Is.Zero, all.Everything);
        Assert.That(all.Output, Does.Contain("3 series, judged again from 900 records of the last 6 h"));
        Assert.That(one.Output,
            Does.Match(@"llama +ttft_p99_ms +\S* +11-20 04:59:00Z +\d+").And.Contain("1 series, judged again from 600"));
        Assert.That(one.Output, Does.Contain("● value, × outside the band, ░ band").And.Contain("●").And.Contain("░"));
        using var points = JsonDocument.Parse(json.Output);
        Assert.That(points.RootElement.GetProperty("points").GetArrayLength(), Is.EqualTo(300));
        Assert.That(points.RootElement.GetProperty("points")[299].GetArrayLength(), Is.EqualTo(6));
        Assert.That(none.Output, Does.Contain("no such series in the last 6 h: 0 records were read"));
    }
}
