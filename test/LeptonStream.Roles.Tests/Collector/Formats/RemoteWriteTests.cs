using LeptonStream.Collector.Points;
using static LeptonStream.Roles.Tests.Collector.Formats.ProtoBytes;

namespace LeptonStream.Roles.Tests.Collector.Formats;

/// <summary>Remote write beyond the captures: stale markers, types, native histograms, and requests that contradict themselves.</summary>
public sealed class RemoteWriteTests
{
    private const ulong Stale = 0x7FF0_0000_0000_0002;
    private const ulong Time = 1763856000000;

    private readonly Payloads _payloads = new();

    [Test]
    public void Read_OfAStaleMarker_EndsTheSeries()
    {
        var series = Message((1, Label("__name__", "up")), (2, Message((1, Fixed(Stale)), (2, Varint(Time)))));
        Assert.That(First(Message((1, series))).Text, Is.EqualTo("Untyped up = NaN @1763856000000000000 !Stale\n"));
    }

    [Test]
    public void Read_OfMetadataBesideSeries_GivesThemTheirKind()
    {
        var request = Message(
            (1, Message((1, Label("__name__", "a_sum")), (2, Message((1, Fixed(0)), (2, Varint(Time)))))),
            (3, Message((1, Varint(3)), (2, "a"u8.ToArray()), (5, "s"u8.ToArray()))));
        Assert.That(First(request).Text, Is.EqualTo("Cumulative a_sum [s] = 0 @1763856000000000000 Cumulative !Part\n"));
    }

    // Schema 0: bucket 1 of Prometheus is (1, 2], that of OpenTelemetry is 0.
    [Test]
    public void Read_OfANativeHistogram_IsAnExponentialOne()
    {
        var histogram = Message((1, Varint(7)), (3, Fixed(BitConverter.DoubleToUInt64Bits(14))), (4, Varint(0)), (6, Varint(1)),
            (11, Message((1, Varint(2)), (2, Varint(2)))), (11, Message((1, Varint(2)), (2, Varint(1)))),
            (12, new byte[] { 4, 2, 3 }), (15, Varint(Time)));
        var (outcome, text) = First(Message((1, Message((1, Label("__name__", "h")), (4, histogram)))));
        Assert.That(text, Is.EqualTo("ExponentialHistogram h = 2 @1763856000000000000 Cumulative\n"
            + "  count=7 sum=14 min=NaN max=NaN counts=[2 3 0 1] scale=0 offset=0 zero=1 threshold=0 negativeOffset=-1\n"));
        Assert.That(outcome, Is.EqualTo(FormatOutcome.Taken));
    }

    [Test]
    public void Read_OfANativeHistogramWithMoreCountsThanSpans_IsRefused()
    {
        var histogram = Message((1, Varint(7)), (11, Message((1, Varint(2)), (2, Varint(1)))), (12, new byte[] { 4, 2, 3 }),
            (15, Varint(Time)));
        Assert.That(First(Message((1, Message((1, Label("__name__", "h")), (4, histogram))))).Outcome, Is.EqualTo(FormatOutcome.Refused));
        Assert.That(_payloads.Batch.CountOf(RefusalReason.BadHistogram), Is.EqualTo(1));
    }

    [Test]
    public void Read_OfSpansThatSkipMillionsOfBuckets_IsRefusedWithoutTheirMemory()
    {
        var far = Message((1, Varint(uint.MaxValue - 1)), (2, Varint(1)));
        var histogram = Message((11, Message((1, Varint(0)), (2, Varint(1)))), (11, far),
            (12, new byte[] { 2, 2 }), (15, Varint(Time)));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.That(First(Message((1, Message((1, Label("__name__", "h")), (4, histogram))))).Outcome, Is.EqualTo(FormatOutcome.Refused));
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(4 << 20));
    }

    [Test]
    public void Read_OfTheSecondVersion_TakesTypeUnitAndStartFromTheSeries()
    {
        byte[][] symbols = [[], .. ((string[])["__name__", "t_total", "job", "a", "s"]).Select(System.Text.Encoding.UTF8.GetBytes)];
        var series = Message((1, new byte[] { 1, 2, 3, 4 }), (5, Message((1, Varint(1)), (4, Varint(5)))),
            (2, Message((1, Fixed(BitConverter.DoubleToUInt64Bits(3))), (2, Varint(Time)), (3, Varint(Time - 1000)))));
        var request = Message([.. symbols.Select(symbol => (4, (object)symbol)), (5, series)]);
        Assert.That(Second(request).Text, Is.EqualTo(
            "Cumulative t_total [s] = 3 @1763856000000000000 since 1763855999000000000 Cumulative\n  labels: job=a\n"));
    }

    // Requests before Prometheus 3.8 say it once for the series.
    [Test]
    public void Read_OfASeriesWithATimeOfCreation_GivesItToItsSamples()
    {
        byte[][] symbols = [[], "__name__"u8.ToArray(), "t_total"u8.ToArray()];
        var series = Message((1, new byte[] { 1, 2 }), (2, Message((1, Fixed(0)), (2, Varint(Time)))), (6, Varint(Time - 1000)));
        var request = Message([.. symbols.Select(symbol => (4, (object)symbol)), (5, series), (5, Message((1, new byte[] { 1, 2 }),
            (2, Message((1, Fixed(0)), (2, Varint(Time))))))]);
        Assert.That(Second(request).Text, Is.EqualTo("""
            Cumulative t_total = 0 @1763856000000000000 since 1763855999000000000 Cumulative
            Cumulative t_total = 0 @1763856000000000000 Cumulative

            """));
    }

    [TestCase(3ul, "Delta")]
    [TestCase(2ul, "Cumulative")]
    public void Read_OfANativeHistogram_SaysByItsHintWhetherItCountsWhatIsThereNow(ulong hint, string temporality)
    {
        var histogram = Message((1, Varint(2)), (11, Message((1, Varint(0)), (2, Varint(1)))), (12, new byte[] { 4 }), (14, Varint(hint)),
            (15, Varint(Time)));
        Assert.That(First(Message((1, Message((1, Label("__name__", "h")), (4, histogram))))).Text,
            Does.StartWith($"ExponentialHistogram h = 0 @1763856000000000000 {temporality}\n"));
    }

    [TestCase(new byte[] { 1, 9 }, TestName = "A symbol that is not there")]
    [TestCase(new byte[] { 1 }, TestName = "A label without value")]
    public void Read_OfWrongReferences_IsRefused(byte[] references)
    {
        var request = Message((4, Array.Empty<byte>()), (4, "__name__"u8.ToArray()), (5, Message((1, references))));
        Assert.That(Second(request).Outcome, Is.EqualTo(FormatOutcome.Refused));
        Assert.That(_payloads.Batch.CountOf(RefusalReason.Malformed), Is.EqualTo(1));
    }

    [Test]
    public void Read_OfABodyThatIsNotCompressed_IsTheSame()
    {
        var request = Message((1, Message((1, Label("__name__", "up")), (2, Message((1, Fixed(0)), (2, Varint(Time)))))));
        Assert.That(_payloads.Read("prometheus_remote_write", request).Text, Is.EqualTo("Untyped up = 0 @1763856000000000000\n"));
    }

    [Test]
    public void Read_OfASeriesWithoutName_RefusesItAlone()
    {
        var sample = Message((1, Fixed(0)), (2, Varint(Time)));
        var request = Message((1, Message((1, Label("job", "a")), (2, sample))), (1, Message((1, Label("__name__", "up")), (2, sample))));
        var (outcome, text) = First(request);
        Assert.That(outcome, Is.EqualTo(FormatOutcome.Partial));
        Assert.That(text, Does.StartWith("Untyped up = 0 @1763856000000000000\nMissingField: "));
    }

    private (FormatOutcome Outcome, string Text) First(byte[] request) =>
        _payloads.Read("prometheus_remote_write", Snappier.Snappy.CompressToArray(request));

    private (FormatOutcome Outcome, string Text) Second(byte[] request) =>
        _payloads.Read("prometheus_remote_write_2", Snappier.Snappy.CompressToArray(request));

    private static byte[] Label(string name, string value) =>
        Message((1, System.Text.Encoding.UTF8.GetBytes(name)), (2, System.Text.Encoding.UTF8.GetBytes(value)));
}
