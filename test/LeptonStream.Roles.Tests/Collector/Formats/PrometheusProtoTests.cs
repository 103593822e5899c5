using System.Text;
using LeptonStream.Collector.Points;
using static LeptonStream.Roles.Tests.Collector.Formats.ProtoBytes;

namespace LeptonStream.Roles.Tests.Collector.Formats;

/// <summary>The protobuf form of metrics pages: as the text form has it, native histograms, and bytes that mean harm.</summary>
public sealed class PrometheusProtoTests
{
    private const int Counter = 0;
    private const int Gauge = 1;
    private const int Summary = 2;
    private const int Untyped = 3;
    private const int Histogram = 4;

    private readonly Payloads _payloads = new();

    /// <summary>A page with a family of each kind.</summary>
    public static byte[] Page { get; } =
    [
        .. Family("requests_total", Counter, (1, Label("code", "200")),
            (3, Message((1, Number(7)), (3, Message((1, Varint(1763856000))))))),
        .. Family("temperature", Gauge, (1, Label("gpu", "0")), (2, Message((1, Number(21.5))))),
        .. Family("odd", Untyped, (5, Message((1, Number(double.NaN))))),
        .. Family("ttft", Summary, (4, Message((1, Varint(4)), (2, Number(2)), (3, Message((1, Number(0.5)), (2, Number(0.25)))),
            (3, Message((1, Number(0.99)), (2, Number(1.5))))))),
        .. Family("size", Histogram, (1, Label("model_name", "m")), (7, Message((1, Varint(9)), (2, Number(12.5)),
            (3, Message((1, Varint(3)), (2, Number(1)))), (3, Message((1, Varint(8)), (2, Number(2))))))),
    ];

    private const string Text = """
        # TYPE requests_total counter
        requests_total{code="200"} 7
        # TYPE temperature gauge
        temperature{gpu="0"} 21.5
        # TYPE odd untyped
        odd NaN
        # TYPE ttft summary
        ttft{quantile="0.5"} 0.25
        ttft{quantile="0.99"} 1.5
        ttft_sum 2
        ttft_count 4
        # TYPE size histogram
        size_bucket{model_name="m",le="1"} 3
        size_bucket{model_name="m",le="2"} 8
        size_bucket{model_name="m",le="+Inf"} 9
        size_sum{model_name="m"} 12.5
        size_count{model_name="m"} 9

        """;

    [Test]
    public void Read_APageOfEachKind_IsAsItsTextForm()
    {
        var (outcome, points) = _payloads.Read("prometheus_proto", Page);
        Assert.That(outcome, Is.EqualTo(FormatOutcome.Taken));
        Assert.That(points.Replace(" since 1763856000000000000", "", StringComparison.Ordinal),
            Is.EqualTo(_payloads.Read("prometheus_text", Text).Text));
        Assert.That(points, Does.Contain("since 1763856000000000000"), "the time of creation, which the text form has not");
    }

    // Schema 0: bucket 1 of Prometheus is (1, 2], that of OpenTelemetry is 0. Counts may be packed or not.
    [TestCase(true)]
    [TestCase(false)]
    public void Read_ANativeHistogram_IsAnExponentialOneWhateverItsClassicBuckets(bool isPacked)
    {
        (int, object)[] deltas = isPacked ? [(13, new byte[] { 4, 2, 3 })] : [(13, Varint(4)), (13, Varint(2)), (13, Varint(3))];
        var histogram = Message([(1, Varint(7)), (2, Number(14)), (3, Message((1, Varint(7)), (2, Number(5)))), (5, Varint(0)),
            (6, Number(0.001)), (7, Varint(1)), (12, Span(1, 2)), (12, Span(1, 1)), .. deltas]);
        var (outcome, text) = _payloads.Read("prometheus_proto", Family("h", Histogram, (6, Varint(1763856000000)), (7, histogram)));
        Assert.That(text, Is.EqualTo("ExponentialHistogram h = 2 @1763856000000000000 Cumulative\n"
            + "  count=7 sum=14 min=NaN max=NaN counts=[2 3 0 1] scale=0 offset=0 zero=1 threshold=0.001 negativeOffset=-1\n"));
        Assert.That(outcome, Is.EqualTo(FormatOutcome.Taken));
    }

    [Test]
    public void Read_AMetricThatContradictsItself_IsRefusedAlone()
    {
        var wrong = Message((1, Varint(7)), (12, Span(1, 2)), (13, new byte[] { 4, 2, 3 }));
        var (outcome, text) = _payloads.Read("prometheus_proto",
            [.. Family("h", Histogram, (7, wrong)), .. Family("g", Gauge, (2, Message((1, Number(1)))))]);
        Assert.That(outcome, Is.EqualTo(FormatOutcome.Partial));
        Assert.That(text, Does.StartWith("Gauge g = 1\n"));
        Assert.That(_payloads.Batch.CountOf(RefusalReason.BadHistogram), Is.EqualTo(1));
    }

    [Test]
    public void Read_EachCutOfAPage_IsRefusedOrIsAPage()
    {
        var ends = 0;
        for (var length = 1; length < Page.Length; length++)
            if (_payloads.Read("prometheus_proto", Page[..length]).Outcome != FormatOutcome.Refused) ends++;
        Assert.That(ends, Is.EqualTo(4), "behind each family");
    }

    private static IEnumerable<TestCaseData> Bombs()
    {
        byte[] huge = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01];
        yield return new TestCaseData(huge).SetArgDisplayNames("a family of 2^64 bytes");
        yield return new TestCaseData((byte[])[.. huge, 0x01]).SetArgDisplayNames("a varint of eleven bytes");
        yield return new TestCaseData((byte[])[0xFF, 0xFF, 0xFF, 0xFF, 0x07, 0x0A]).SetArgDisplayNames("a family of 2 GiB");
        yield return new TestCaseData((byte[])[12, 0x0A, .. huge]).SetArgDisplayNames("a name of 2^64 bytes");
        yield return new TestCaseData(Enumerable.Repeat((byte)0x80, 100_000).ToArray()).SetArgDisplayNames("a varint without end");
    }

    [TestCaseSource(nameof(Bombs))]
    public void Read_LengthsThatAreNone_AreRefusedAtOnce(byte[] page)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.That(_payloads.Read("prometheus_proto", page).Outcome, Is.EqualTo(FormatOutcome.Refused));
        Assert.That(_payloads.Batch.CountOf(RefusalReason.Malformed), Is.EqualTo(1));
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(4 << 20));
    }

    [Test]
    public void Read_SpansThatSkipMillionsOfBuckets_AreRefusedWithoutTheirMemory()
    {
        var histogram = Message((12, Span(0, 1)), (12, Message((1, Varint(uint.MaxValue - 1)), (2, Varint(1)))), (13, new byte[] { 2, 2 }));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.That(_payloads.Read("prometheus_proto", Family("h", Histogram, (7, histogram))).Outcome, Is.EqualTo(FormatOutcome.Refused));
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(4 << 20));
    }

    [Test]
    public void Read_MoreMetricsThanAllowed_AreCutAndSaid()
    {
        byte[] page = [.. Enumerable.Range(0, 50).SelectMany(i => Family($"g{i}", Gauge, (2, Message((1, Number(i))))))];
        Assert.That(_payloads.Read("prometheus_proto", page, new FormatLimits { Points = 20 }).Outcome, Is.EqualTo(FormatOutcome.Partial));
        Assert.That((_payloads.Batch.Points.Length, _payloads.Batch.CountOf(RefusalReason.TooManyPoints)), Is.EqualTo((20, 1)));
    }

    // One family behind its length.
    private static byte[] Family(string name, int type, params (int Field, object Value)[] metric)
    {
        var family = Message((1, Encoding.UTF8.GetBytes(name)), (2, "help"u8.ToArray()), (4, Message(metric)), (3, Varint((ulong)type)));
        return Message((1, family))[1..];
    }

    private static byte[] Label(string name, string value) =>
        Message((1, Encoding.UTF8.GetBytes(name)), (2, Encoding.UTF8.GetBytes(value)));

    private static byte[] Span(ulong offset, ulong length) => Message((1, Varint(2 * offset)), (2, Varint(length)));

    private static Scalar Number(double value) => Fixed(BitConverter.DoubleToUInt64Bits(value));
}
