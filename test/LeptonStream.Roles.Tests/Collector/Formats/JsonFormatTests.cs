using LeptonStream.Collector.Points;

namespace LeptonStream.Roles.Tests.Collector.Formats;

/// <summary>The edges of the JSON formats.</summary>
public sealed class JsonFormatTests
{
    private readonly Payloads _payloads = new();

    [TestCase("telegraf_json",
        """{"fields":{"a":1,"b":"x","c":true,"d":null},"name":"cpu","tags":{"host":"h"},"timestamp":1763856000123}""",
        "Untyped cpu_a = 1 @1763856000123000000\n  labels: host=h\nUntyped cpu_c = 1 @1763856000123000000\n  labels: host=h\n"
        + "TextValue: cpu_b: field\nNoValue: cpu_d: field\n")]
    [TestCase("telegraf_json", """{"fields":{"value":1},"name":"cpu","timestamp":1763856000123456}""",
        "Untyped cpu = 1 @1763856000123456000\n")]
    [TestCase("telegraf_json", """{"fields":{"a":1},"name":"cpu","timestamp":1763856000123456789}""",
        "Untyped cpu_a = 1 @1763856000123456789\n")]
    [TestCase("telegraf_json", """{"metrics":[{"fields":{"a":1},"name":"x","timestamp":1763856000},"""
        + """{"fields":{"b":2},"name":"y","timestamp":"2025-11-23T00:00:00Z"}]}""",
        "Untyped x_a = 1 @1763856000000000000\nUntyped y_b = 2 @1763856000000000000\n")]
    [TestCase("prometheus_kafka_adapter",
        """{"timestamp":"1970-01-01T00:00:00Z","value":"9876543210","name":"up","labels":{"__name__":"up","label1":"value1"}}""",
        "Untyped up = 9876543210 @0\n  labels: label1=value1\n")]
    [TestCase("prometheus_kafka_adapter", """{"timestamp":"2025-11-23T00:00:00Z","value":"+Inf","name":"a_total","labels":{}}""",
        "Cumulative a_total = Infinity @1763856000000000000 Cumulative\n")]
    [TestCase("vector_json",
        """{"name":"foos","namespace":"vector","tags":{"k":"v","n":null,"l":["a","b"]},"timestamp":"2025-11-23T00:00:00Z","""
        + """ "interval_ms":1000,"kind":"incremental","counter":{"value":100.0}}""",
        "Delta vector_foos = 100 @1763856000000000000 since 1763855999000000000 Delta\n  labels: k=v l=b\n")]
    [TestCase("vector_json", """{"metric":{"name":"g","kind":"absolute","gauge":{"value":-2.5}}}""", "Gauge g = -2.5\n")]
    [TestCase("vector_json",
        """{"name":"h","kind":"absolute","aggregated_histogram":"""
        + """{"buckets":[{"upper_limit":1,"count":2},{"upper_limit":"inf","count":1}],"count":3,"sum":6}}""",
        "Histogram h = 2 Cumulative\n  count=3 sum=6 min=NaN max=NaN bounds=[1] counts=[2 1]\n")]
    [TestCase("vector_json",
        """{"name":"s","kind":"absolute","aggregated_summary":{"quantiles":[{"quantile":0.5,"value":2}],"count":3,"sum":6}}""",
        "Summary s = 2 Cumulative\n  count=3 sum=6 min=NaN max=NaN quantiles=[0.5] values=[2]\n")]
    [TestCase("victoriametrics_json",
        """{"metric":{"__name__":"x","job":"y"},"values":[1,null,"Infinity"],"timestamps":[1763856000000,1763856001000,1763856002000]}""",
        "Untyped x = 1 @1763856000000000000\n  labels: job=y\nUntyped x = Infinity @1763856002000000000\n  labels: job=y\n"
        + "NoValue: x: a value or its time\n")]
    [TestCase("native_json",
        "{\"model\":\"m\",\"ts\":\"2025-11-23T00:00:00.5Z\",\"labels\":{\"gpu\":1},\"step\":7,\"metrics\":{\"loss\":2.5}}\n"
        + "{\"model\":\"m\",\"ts\":1763856000,\"metrics\":{\"loss\":NaN}}",
        "Untyped loss model=m step=7 = 2.5 @1763856000500000000\n  labels: gpu=1\nUntyped loss model=m = NaN @1763856000000000000\n")]
    [TestCase("cloudevents",
        """{"specversion":"1.0","type":"t","source":"s","id":"1","datacontenttype":"application/json","""
        + """ "data":{"model":"m","ts":1763856000,"metrics":{"a":1}}}""",
        "Untyped a model=m = 1 @1763856000000000000\n")]
    [TestCase("cloudevents", """{"specversion":"1.0","type":"t","source":"s","id":"1","data_base64":"Y3B1IGE9MQ=="}""",
        "Untyped cpu_a = 1\n")]
    [TestCase("kafka_connect",
        """{"schema":{"type":"struct","fields":[]},"payload":{"name":"cpu","fields":{"a":1},"timestamp":1763856000}}""",
        "Untyped cpu_a = 1 @1763856000000000000\n")]
    public void Read_OfAPayload_BecomesItsPoints(string format, string payload, string expected)
    {
        var (outcome, text) = _payloads.Read(format, payload);
        Assert.That(text, Is.EqualTo(expected));
        Assert.That(outcome, Is.EqualTo(FormatOutcome.Taken));
        Assert.That(_payloads.Catalog.ByLook(System.Text.Encoding.UTF8.GetBytes(payload)).Format?.Name, Is.EqualTo(format));
    }

    [TestCase("telegraf_json", """{"name":"cpu","timestamp":1}""", RefusalReason.MissingField)]
    [TestCase("telegraf_json", """{"fields":{"a":1},"timestamp":1}""", RefusalReason.MissingField)]
    [TestCase("telegraf_json", """{"fields":{"a":1},"name":"x","timestamp":"soon"}""", RefusalReason.BadTime)]
    [TestCase("telegraf_json", """[1]""", RefusalReason.WrongType)]
    [TestCase("telegraf_json", """{"fields":{"a":1e999},"name":"x","timestamp":1763856000}""", RefusalReason.BadNumber)]
    [TestCase("prometheus_kafka_adapter", """{"timestamp":"2025-11-23T00:00:00Z","value":"x","name":"up"}""", RefusalReason.BadNumber)]
    [TestCase("prometheus_kafka_adapter", """{"timestamp":"2025-11-23T00:00:00Z","value":"1"}""", RefusalReason.MissingField)]
    [TestCase("vector_json", """{"name":"s","kind":"absolute","set":{"values":["a"]}}""", RefusalReason.Unsupported)]
    [TestCase("vector_json", """{"name":"s","kind":"absolute"}""", RefusalReason.MissingField)]
    [TestCase("victoriametrics_json", """{"metric":{"job":"y"},"values":[1],"timestamps":[1]}""", RefusalReason.MissingField)]
    [TestCase("victoriametrics_json", """{"metric":{"__name__":"x"},"values":[1,2],"timestamps":[]}""", RefusalReason.Malformed)]
    [TestCase("native_json", """{"ts":1763856000,"metrics":{"a":1}}""", RefusalReason.MissingField)]
    [TestCase("native_json", """{"model":"m","ts":1763856000,"metrics":{"a":"b"}}""", RefusalReason.WrongType)]
    [TestCase("native_json", """{"model":"\ud800","ts":1763856000,"metrics":{"a":1}}""", RefusalReason.InvalidUtf8)]
    [TestCase("native_json", """{"model":"m","ts":1763856000,"metrics":{}}""", RefusalReason.Empty)]
    [TestCase("native_json", """{"model":"m","ts":1763856000,"ended":[1]}""", RefusalReason.WrongType)]
    [TestCase("native_json", """{"model":"m",""", RefusalReason.Malformed)]
    [TestCase("native_json", "", RefusalReason.Empty)]
    [TestCase("otlp_json", """{"resourceLogs":[]}""", RefusalReason.MissingField)]
    [TestCase("otlp_json",
        """{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"g","gauge":{"dataPoints":[{"timeUnixNano":"1"}]}}]}]}]}""",
        RefusalReason.MissingField)]
    [TestCase("otlp_json",
        """{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"gauge":{"dataPoints":[{"timeUnixNano":"1","asInt":"2"}]}}]}]}]}""",
        RefusalReason.MissingField)]
    [TestCase("otlp_json",
        """{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"h","histogram":"""
        + """{"dataPoints":[{"count":"3","bucketCounts":["1","2"],"explicitBounds":[1,2]}]}}]}]}]}""",
        RefusalReason.BadHistogram)]
    [TestCase("otlp_json",
        """{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"h","exponentialHistogram":"""
        + """{"dataPoints":[{"count":"3","scale":21}]}}]}]}]}""",
        RefusalReason.BadHistogram)]
    [TestCase("cloudevents", """{"specversion":"1.0","type":"t"}""", RefusalReason.MissingField)]
    [TestCase("cloudevents", """{"specversion":"1.0","data":{"specversion":"1.0","data":{}}}""", RefusalReason.UnknownFormat)]
    [TestCase("cloudevents", """{"specversion":"1.0","data_base64":"%%"}""", RefusalReason.Malformed)]
    [TestCase("kafka_connect", "no json", RefusalReason.Malformed)]
    public void Read_OfAWrongPayload_IsRefusedWithItsReason(string format, string payload, RefusalReason reason)
    {
        var (outcome, text) = _payloads.Read(format, payload);
        Assert.That(outcome, Is.EqualTo(reason == RefusalReason.Malformed && _payloads.Batch.Points.Length > 0 ? FormatOutcome.Partial
            : FormatOutcome.Refused), text);
        Assert.That(_payloads.Batch.CountOf(reason), Is.EqualTo(1), text);
        Assert.That(_payloads.Batch.Refusals[^1].Detail, Is.Not.Empty);
    }

    [Test]
    public void Read_OfAWrongLineAmongLines_TakesTheOthers()
    {
        const string Good = """{"model":"m","ts":1763856000,"metrics":{"a":1}}""";
        var (outcome, text) = _payloads.Read("native_json", $"{Good}\n{{\"model\":\"m\",]\n{Good}\n");
        Assert.That(outcome, Is.EqualTo(FormatOutcome.Partial), text);
        Assert.That(_payloads.Batch.Points.Length, Is.EqualTo(2), text);
        Assert.That(_payloads.Batch.CountOf(RefusalReason.Malformed), Is.EqualTo(1), text);
    }

    [TestCase("native_json", """{"model":"m","x":""")]
    [TestCase("otlp_json", """{"resourceMetrics":""")]
    [TestCase("cloudevents", """{"specversion":"1.0","data":""")]
    public void Read_OfDeepNesting_IsRefused(string format, string beginning)
    {
        var (outcome, text) = _payloads.Read(format, beginning + new string('[', 100_000));
        Assert.That(outcome, Is.EqualTo(FormatOutcome.Refused));
        Assert.That(_payloads.Batch.CountOf(RefusalReason.TooDeep) + _payloads.Batch.CountOf(RefusalReason.Malformed), Is.EqualTo(1), text);
    }
}
