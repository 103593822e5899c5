using LeptonStream.Collector.Points;

namespace LeptonStream.Roles.Tests.Collector.Formats;

/// <summary>Envelopes as programs write them: payloads as objects, as texts and in Base64; one, a list, or one a line.</summary>
public sealed class EnvelopeTests
{
    private const string Samples = """{"model":"m","ts":1763856000,"metrics":{"a":1}}""";
    private const string Escaped = """{\"model\":\"m\",\"ts\":1763856000,\"metrics\":{\"a\":1}}""";
    private const string Packed = "eyJtb2RlbCI6Im0iLCJ0cyI6MTc2Mzg1NjAwMCwibWV0cmljcyI6eyJhIjoxfX0=";
    private const string Escape = "eyJtb2RlbCI6Im0iLCJ0cyI6MTc2Mzg1NjAwMCwibWV0cmljcyI6eyJhIjoxfX0\\u003d";
    private const string Event = "{\"specversion\":\"1.0\",\"type\":\"t\",\"source\":\"s\",\"id\":\"1\",";

    private readonly Payloads _payloads = new();

    [TestCase("cloudevents", Event + "\"data\":" + Samples + "}", 1)]
    [TestCase("cloudevents", Event + "\"datacontenttype\":\"text/plain\",\"data\":\"cpu a=1\"}", 1)]
    [TestCase("cloudevents", Event + "\"data\":\"" + Escaped + "\"}", 1)]
    [TestCase("cloudevents", Event + "\"data_base64\":\"" + Packed + "\"}", 1)]
    [TestCase("cloudevents", Event + "\"data\":" + Samples + "}\n" + Event + "\"data\":\"" + Escaped + "\"}\n", 2)]
    [TestCase("cloudevents", "[" + Event + "\"data\":" + Samples + "}," + Event + "\"data_base64\":\"" + Packed + "\"}]", 2)]
    [TestCase("kafka_connect", """{"schema":{"type":"string","optional":false},"payload":"cpu a=1"}""", 1)]
    [TestCase("kafka_connect", """{"schema":{"type":"string"},"payload":"cpu a=1\ncpu b=2"}""", 2)]
    [TestCase("kafka_connect", "{\"schema\":{\"type\":\"bytes\",\"fields\":[{\"type\":\"x\"}]},\"payload\":\"" + Packed + "\"}", 1)]
    [TestCase("kafka_connect", "{\"payload\":\"" + Packed + "\",\"schema\":{\"type\":\"bytes\"}}", 1)]
    [TestCase("kafka_connect", "{\"schema\":{\"type\":\"bytes\"},\"payload\":\"" + Escape + "\"}", 1)]
    public void Read_OfAnEnvelope_TakesItsPayload(string format, string payload, int points)
    {
        var (outcome, text) = _payloads.Read(format, payload);
        Assert.That(outcome, Is.EqualTo(FormatOutcome.Taken), text);
        Assert.That(_payloads.Batch.Points.Length, Is.EqualTo(points), text);
        Assert.That(_payloads.Catalog.ByLook(System.Text.Encoding.UTF8.GetBytes(payload)).Format?.Name, Is.EqualTo(format));
    }

    [TestCase(Event + "\"data\":" + Samples + "}\n" + Event + "\"data\":{}}\n" + Event + "\"data\":" + Samples + "}", 2,
        RefusalReason.UnknownFormat)]
    [TestCase(Event + "\"data\":" + Samples + "}\n" + Event + "\"id\":\"2\"}", 1, RefusalReason.MissingField)]
    [TestCase(Event + "\"data\":" + Samples + "}\n" + Event, 1, RefusalReason.Malformed)]
    public void Read_OfEnvelopesOfWhichOneIsWrong_TakesTheOthers(string payload, int points, RefusalReason reason)
    {
        var (outcome, text) = _payloads.Read("cloudevents", payload);
        Assert.That(outcome, Is.EqualTo(FormatOutcome.Partial), text);
        Assert.That((_payloads.Batch.Points.Length, _payloads.Batch.CountOf(reason)), Is.EqualTo((points, 1)), text);
    }

    [TestCase("cloudevents", Event + "\"data\":" + Event + "\"data\":" + Samples + "}}")]
    [TestCase("kafka_connect", "{\"schema\":null,\"payload\":{\"schema\":null,\"payload\":" + Samples + "}}")]
    [TestCase("cloudevents", Event + "\"data_base64\":\"H4sIAAAAAAAAA0suKFUwTLI15AIAB5mKFwgAAAA=\"}")]
    public void Read_OfAnEnvelopeWithinOneOrOfACompressedPayload_IsRefused(string format, string payload)
    {
        var (outcome, text) = _payloads.Read(format, payload);
        Assert.That((outcome, _payloads.Batch.CountOf(RefusalReason.UnknownFormat)), Is.EqualTo((FormatOutcome.Refused, 1)), text);
    }

    [Test]
    public void Read_OfAnEnvelopeWithATime_LeavesThePayloadWithoutOne()
    {
        var (_, text) = _payloads.Read("cloudevents", Event + "\"time\":\"2026-01-01T00:00:00Z\",\"data\":\"cpu a=1\"}");
        Assert.That(text, Is.EqualTo("Untyped cpu_a = 1\n"));
    }

    [Test]
    public void Read_OfManyEnvelopes_HasNoMorePointsThanAPayload()
    {
        var payload = string.Join('\n', Enumerable.Repeat(Event + "\"data\":\"cpu a=1,b=2\"}", 10));
        _payloads.Read("cloudevents", payload, FormatLimits.Default with { Points = 5 });
        Assert.That(_payloads.Batch.Points.Length, Is.EqualTo(5));
    }
}
