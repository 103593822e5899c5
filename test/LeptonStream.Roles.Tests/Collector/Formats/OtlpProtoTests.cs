using Google.Protobuf;
using LeptonStream.Collector.Points;
using LeptonStream.Testing.Otlp;
using static LeptonStream.Roles.Tests.Collector.Formats.ProtoBytes;

namespace LeptonStream.Roles.Tests.Collector.Formats;

/// <summary>OTLP bytes that no SDK writes, and that are protobuf nevertheless; and those that are none.</summary>
public sealed class OtlpProtoTests
{
    private readonly Payloads _payloads = new();

    [Test]
    public void Read_OfEveryBeginningOfACapture_TakesItWholeOrNothing()
    {
        var whole = File.ReadAllBytes(Path.Combine(WireCaptureTests.Folder, "otlp", "otlp_proto-1.bin"));
        for (var length = 1; length < whole.Length; length++)
        {
            var (outcome, _) = _payloads.Read("otlp_proto", whole[..length]);
            Assert.That(outcome, Is.EqualTo(FormatOutcome.Refused), $"{length} bytes");
            Assert.That(_payloads.Batch.CountOf(RefusalReason.Malformed), Is.EqualTo(1));
            Assert.That(_payloads.Batch.Points.Length, Is.Zero);
        }
    }

    // Fields of protobuf have no order.
    [Test]
    public void Read_OfFieldsInTheReverseOrder_IsTheSame()
    {
        var point = Message((7, Attribute("k", "v")), (3, Fixed(1763856000000000000)), (4, Fixed(BitConverter.DoubleToUInt64Bits(2.5))));
        var sum = Message((3, Varint(1)), (2, Varint(2)), (1, point));
        var metric = Message((7, sum), (3, "s"u8.ToArray()), (1, "late"u8.ToArray()));
        var scope = Message((2, metric), (1, Message((1, "lib"u8.ToArray()))));
        var resource = Message((2, scope), (1, Message((1, Attribute("service.name", "m")))));
        var (outcome, text) = _payloads.Read("otlp_proto", Message((1, resource)));
        Assert.That(outcome, Is.EqualTo(FormatOutcome.Taken));
        Assert.That(text, Is.EqualTo("Cumulative late [s] = 2.5 @1763856000000000000 Cumulative\n  resource: service.name=m\n"
            + "  scope: otel.scope.name=lib\n  labels: k=v\n"));
    }

    [Test]
    public void Read_OfRepeatedNumbersOneByOne_IsTheSameAsPacked()
    {
        var point = Message((6, Fixed(1)), (7, Fixed(BitConverter.DoubleToUInt64Bits(0.5))), (6, Fixed(2)), (4, Fixed(3)));
        var (outcome, text) = Read(Message((1, "h"u8.ToArray()), (9, Message((1, point)))));
        Assert.That(outcome, Is.EqualTo(FormatOutcome.Taken), text);
        Assert.That(text, Does.Contain("bounds=[0.5] counts=[1 2]"));
    }

    [TestCase(new byte[] { 0x0A }, TestName = "A tag without its length")]
    [TestCase(new byte[] { 0x0A, 0x05, 0x00 }, TestName = "A length beyond the end")]
    [TestCase(new byte[] { 0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01 }, TestName = "A length of 2^64 - 1")]
    [TestCase(new byte[] { 0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x07 }, TestName = "A length of 2 GiB - 1")]
    [TestCase(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01 }, TestName = "A varint of 12 bytes")]
    [TestCase(new byte[] { 0x0B, 0x0C }, TestName = "A group")]
    [TestCase(new byte[] { 0x00, 0x01 }, TestName = "Field 0")]
    [TestCase(new byte[] { 0x12, 0x00, 0x00 }, TestName = "Field 0 as the last byte")]
    [TestCase(new byte[] { 0x0F, 0x01 }, TestName = "Wire type 7")]
    public void Read_OfBytesThatAreNoProtobuf_IsRefused(byte[] payload)
    {
        var (outcome, text) = _payloads.Read("otlp_proto", payload);
        Assert.That(outcome, Is.EqualTo(FormatOutcome.Refused), text);
        Assert.That(_payloads.Batch.CountOf(RefusalReason.Malformed), Is.EqualTo(1), text);
    }

    [Test]
    public void Read_OfAttributesNestedTooDeep_IsRefused()
    {
        var value = Message((1, "x"u8.ToArray()));
        for (var i = 0; i < 40; i++) value = Message((5, Message((1, value))));
        var resource = Message((1, Message((1, Message((1, "k"u8.ToArray()), (2, value))))));
        Assert.That(_payloads.Read("otlp_proto", Message((1, resource))).Outcome, Is.EqualTo(FormatOutcome.Refused));
        Assert.That(_payloads.Batch.CountOf(RefusalReason.TooDeep), Is.EqualTo(1));
    }

    [Test]
    public void Read_OfTooManyLabels_RefusesTheirPointsAlone()
    {
        var gauge = new Gauge();
        foreach (var count in (int[])[2, 80, 3])
        {
            var point = new NumberDataPoint { AsInt = count, TimeUnixNano = 1 };
            for (var i = 0; i < count; i++) point.Attributes.Add(new KeyValue { Key = $"k{i}", Value = new() { BoolValue = true } });
            gauge.DataPoints.Add(point);
        }

        var (outcome, text) = Read(new Metric { Name = "g", Gauge = gauge }.ToByteArray());
        Assert.That(outcome, Is.EqualTo(FormatOutcome.Partial));
        Assert.That(text, Does.StartWith("Gauge g = 2 @1\n  labels: k0=true k1=true\nGauge g = 3 @1\n").And.Contain("TooManyLabels: g: "));
    }

    [Test]
    public void Read_OfTextsThatCannotBeKept_LeavesTheirLabelsOut()
    {
        var notText = Message((1, new byte[] { 0xFF }), (2, Message((1, "v"u8.ToArray()))));
        var point = Message((7, Attribute("long", new string('x', 5000))), (7, notText),
            (7, Attribute("good", "v")), (3, Fixed(1)), (4, Fixed(0)));
        var (outcome, text) = Read(Message((1, "g"u8.ToArray()), (5, Message((1, point)))));
        Assert.That(outcome, Is.EqualTo(FormatOutcome.Partial));
        Assert.That(text, Does.StartWith("Gauge g = 0 @1\n  labels: good=v\nTextTooLong: label long is left out\nInvalidUtf8: "));
    }

    [Test]
    public void Read_OfALateNameThatIsRepeated_TakesTimeThatGrowsWithTheBytes()
    {
        // Each repetition would visit every point before it, if it were not put off.
        var metric = new Metric { Gauge = new() };
        for (var i = 0; i < 50_000; i++) metric.Gauge.DataPoints.Add(new NumberDataPoint { AsInt = i });
        var names = Enumerable.Repeat<(int, object)>((1, "n"u8.ToArray()), 500_000).ToArray();
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var (outcome, _) = Read([.. metric.ToByteArray(), .. Message(names)]);
        Assert.That(outcome, Is.EqualTo(FormatOutcome.Taken));
        Assert.That(watch.Elapsed, Is.LessThan(TimeSpan.FromSeconds(10)), "a minute, where it is not");
    }

    private (FormatOutcome Outcome, string Text) Read(byte[] metric) =>
        _payloads.Read("otlp_proto", Message((1, Message((2, Message((2, metric)))))));

    private static byte[] Attribute(string name, string value) =>
        new KeyValue { Key = name, Value = new() { StringValue = value } }.ToByteArray();
}
