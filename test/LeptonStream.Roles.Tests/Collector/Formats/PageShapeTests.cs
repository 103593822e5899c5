using LeptonStream.Collector.Mapping;
using LeptonStream.Collector.Points;
using LeptonStream.Roles.Tests.Collector.Mapping;

namespace LeptonStream.Roles.Tests.Collector.Formats;

/// <summary>Pages whose families are in another order, read while others count, or without some of their lines.</summary>
public sealed class PageShapeTests
{
    private readonly Payloads _payloads = new();

    [Test]
    public void Read_OfManyLabelSetsThatAreInterleaved_IsAPointForEach()
    {
        var lines = new[] { "h_bucket{i=\"%\",le=\"1\"} 1", "h_bucket{i=\"%\",le=\"+Inf\"} 2", "h_sum{i=\"%\"} 3", "h_count{i=\"%\"} 2" };
        var page = string.Join('\n', lines.SelectMany(line =>
            Enumerable.Range(0, 1000).Select(i => line.Replace("%", $"{i}", StringComparison.Ordinal))));
        var (outcome, text) = _payloads.Read("prometheus_text", $"# TYPE h histogram\n{page}\n");
        Assert.That(outcome, Is.EqualTo(FormatOutcome.Taken), text[..Math.Min(200, text.Length)]);
        Assert.That(_payloads.Batch.Points.Length, Is.EqualTo(1000));
    }

    [Test]
    public void Read_OfBucketsThatOthersCountedOn_TakesThem()
    {
        var (outcome, text) = _payloads.Read("prometheus_text",
            "# TYPE h histogram\nh_bucket{le=\"1\"} 6\nh_bucket{le=\"2\"} 5\nh_bucket{le=\"+Inf\"} 8\nh_sum 3\nh_count 8\n");
        Assert.That(outcome, Is.EqualTo(FormatOutcome.Taken), text);
        Assert.That(text, Does.Contain("counts=[6 0 2]"));
    }

    [Test]
    public void Map_ASummaryWithoutCount_MakesUpNoRate()
    {
        var mapper = new PointMapper(CollectorConfig.Default);
        var mapped = new MappedBatch();
        for (var i = 0; i < 3; i++)
        {
            _payloads.Read("prometheus_text",
                "# TYPE s summary\ns{job=\"j\",quantile=\"0.5\"} 1\ns{job=\"j\",quantile=\"0.99999\"} 2\n");
            mapper.Map(_payloads.Batch, new SourceContext("test"), MappingPayload.At(i * 10), mapped);
        }

        Assert.That(MappingPayload.SamplesOf(mapped).Distinct(), Is.EquivalentTo(new[] { "j s_p50 1", "j s_p99999 2" }));
    }

    [Test]
    public void Read_OfNoNumberFromTheKafkaAdapter_EndsItsSeries()
    {
        const string Line = """{"timestamp":"2025-11-23T00:00:00Z","value":"NaN","name":"up","labels":{"__name__":"up"%}}""";
        Assert.That(_payloads.Read("prometheus_kafka_adapter", Line.Replace("%", "", StringComparison.Ordinal)).Text,
            Does.Contain("!Stale"));
        Assert.That(_payloads.Read("prometheus_kafka_adapter", Line.Replace("%", ",\"quantile\":\"0.9\"", StringComparison.Ordinal)).Text,
            Does.Not.Contain("!Stale"));
    }

    // The adapter writes a stale marker and a loss that diverged alike.
    [TestCase("train_loss")]
    [TestCase("training_loss")]
    [TestCase("val_loss_epoch")]
    [TestCase("grad_norm")]
    [TestCase("param_norm")]
    public void Read_OfNoNumberOfATrainingRunFromTheKafkaAdapter_IsAValue(string metric) =>
        Assert.That(_payloads.Read("prometheus_kafka_adapter",
            $$$"""{"timestamp":"2025-11-23T00:00:00Z","value":"NaN","name":"{{{metric}}}","labels":{"__name__":"{{{metric}}}"}}""").Text,
            Does.Contain("NaN").And.Not.Contain("!Stale"));
}
