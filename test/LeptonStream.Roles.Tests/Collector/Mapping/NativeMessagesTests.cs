using System.Buffers;
using System.Text;
using LeptonStream.Collector.Mapping;
using LeptonStream.Collector.Output;
using LeptonStream.Samples;
using NUnit.Framework;

namespace LeptonStream.Roles.Tests.Collector.Mapping;

/// <summary>The detector reads whatever a mapper writes, and reads the same numbers.</summary>
public sealed class NativeMessagesTests
{
    [Test]
    public void Write_AMessage_IsThePlainForm()
    {
        var mapped = new MappingPayload().Gauge("a{job=j,gpu=0}", 0.25, 1.5).Gauge("b{job=j,gpu=0}", 0.25, -3)
            .Gauge("c{job=j,step=7}", 0.0000015, 1e15).MapBy(new PointMapper(CollectorConfig.Default));
        Assert.That(Written(mapped), Is.EqualTo(new[]
        {
            """{"model":"j","ts":1764000000250,"labels":{"gpu":"0"},"metrics":{"a":1.5,"b":-3}}""",
            """{"model":"j","ts":1764000000000001,"step":7,"metrics":{"c":1000000000000000}}""",
        }));
    }

    [Test]
    public void Write_AnyNumberAndText_IsReadBackTheSame([Range(0, 99)] int seed)
    {
        var random = new Random(seed);
        string[] texts = ["训练-7b", "a\"b\\c", "x=1;y", "é", "<&>'", "line\nend", new string('z', 2000)];
        var payload = new MappingPayload();
        double[] special = [0, -0.0, 1e-300, -1e300, 1e15, 9.2e18, 1e22, 123456789012345678, double.NaN, double.PositiveInfinity, 5e-324];
        for (var i = 0; i < 20; i++)
        {
            var value = random.Next(2) == 0 ? special[random.Next(special.Length)] : BitConverter.Int64BitsToDouble(random.NextInt64());
            payload.Gauge($"m{i}{{job={texts[random.Next(2)]},l={texts[random.Next(texts.Length)].Replace(',', ' ')}}}", i % 3, value);
        }

        var mapped = payload.MapBy(new PointMapper(CollectorConfig.Default));
        var format = new NativeJsonFormat(LeptonStream.Samples.FormatLimits.Default);
        var batch = new SampleBatch();
        var at = 0;
        foreach (var text in Written(mapped))
        {
            var reason = format.Read(Encoding.UTF8.GetBytes(text), Timestamp.FromUnixSeconds(1_764_000_010), batch, out var detail);
            Assert.That(reason, Is.EqualTo(RejectReason.None), $"{detail}: {text}");
            ref readonly var message = ref mapped.Messages[at++];
            var metrics = batch.MetricsOf(batch.Entities[0]).ToArray();
            var samples = mapped.SamplesOf(message).ToArray();
            Assert.That(metrics.Select(metric => (metric.Id, metric.Value)), Is.EqualTo(samples.Select(sample =>
                (sample.Series.Id, sample.Value))));
            Assert.That(batch.KeyOf(batch.Entities[0], batch.MetricsOf(batch.Entities[0])[0]).Labels, Is.EqualTo(message.Entity.Labels));
        }

        Assert.That(at, Is.EqualTo(mapped.Messages.Length));
    }

    private static List<string> Written(MappedBatch mapped)
    {
        var texts = new List<string>();
        foreach (ref readonly var message in mapped.Messages)
        {
            var output = new ArrayBufferWriter<byte>();
            NativeMessages.Write(mapped, message, output);
            texts.Add(Encoding.UTF8.GetString(output.WrittenSpan));
        }

        return texts;
    }
}
