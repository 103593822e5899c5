using System.Globalization;
using System.Text;
using Confluent.Kafka;
using LeptonStream.Collector.Output;
using LeptonStream.Integration.Tests.Detector;
using LeptonStream.Kafka;
using LeptonStream.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace LeptonStream.Integration.Tests.Collector;

/// <summary>The end of <c>lepton.metrics</c> on a real Kafka, as a replica of the collector reads it.</summary>
public sealed class MetricsLogOnKafkaTests
{
    private const long Begin = 1_790_553_600;

    [Test]
    public async Task Look_AtModelsThatOthersWrite_CountsTheirMessagesSinceTheLastLook()
    {
        using var rig = await DetectorOnKafka.On(await RealKafka.Shared(), partitions: 5);
        using var log = new MetricsLog(Options.Create(rig.Options), rig.Topics, TimeProvider.System, NullLogger<MetricsLog>.Instance);
        using var other = new ProducerBuilder<byte[]?, byte[]?>(ClientSettings.Producer(rig.Options, "other")).Build();
        string[] models = ["llama", "qwen", "模型"];
        Write(10, "llama", "qwen", "模型");
        Assert.That(await log.Look(models, [], default), Is.Null, "it notes where the log ends");

        Write(5, "llama", "模型");
        Write(3, "qwen");
        var tail = await log.Look(models, ["llama", "模型"], default);
        Assert.That(tail!.Of("llama").Select(entity => entity.Value), Is.EqualTo((object[])[(5, (Begin + 4) * 1_000_000_000)]));
        Assert.That(tail.Of("模型").Single().Value.Count, Is.EqualTo(5));
        Assert.That(tail.Of("qwen"), Is.Empty);
        Assert.That((await log.Look(models, models, default))!.Of("llama"), Is.Empty, "and the next time from there on");

        void Write(int messages, params string[] of)
        {
            foreach (var model in of)
            {
                for (var i = 0; i < messages; i++)
                {
                    var text = string.Create(CultureInfo.InvariantCulture,
                        $"{{\"model\":\"{model}\",\"ts\":{Begin + i},\"labels\":{{\"pod\":\"p\"}},\"metrics\":{{\"x\":{i}}}}}");
                    other.Produce(rig.Topics.Metrics, new() { Key = Encoding.UTF8.GetBytes(model), Value = Encoding.UTF8.GetBytes(text) });
                }
            }

            other.Flush();
        }
    }
}
