using System.Globalization;
using Google.Protobuf;
using LeptonStream.Collector.Points;
using LeptonStream.Testing.Otlp;

namespace LeptonStream.Roles.Tests.Collector.Formats;

/// <summary>The collector's own walk over OTLP against Google.Protobuf: seeded payloads, whole and with a bit changed.</summary>
public sealed class OtlpDifferentialTests
{
    private static readonly FormatLimits Limits = new() { Buckets = 10_000, Points = 100_000 };

    private readonly PointBatch _batch = new();
    private readonly FormatCatalog _catalog = new();

    [Test]
    public void Read_OfRandomMessages_SaysTheSameAsGoogleProtobuf()
    {
        var random = new Random(42);
        for (var i = 0; i < 2000; i++)
        {
            var message = OtlpMessages.Random(random);
            Assert.That(Read(message.ToByteArray()), Is.EqualTo(OtlpMessages.Expected(message)), $"message {i}");
        }
    }

    [Test]
    public void Read_OfChangedMessages_RefusesThemOrSaysTheSameAsGoogleProtobuf()
    {
        var random = new Random(43);
        var (same, refused) = (0, 0);
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = OtlpMessages.Random(random).ToByteArray();
            bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            _batch.Clear();
            if (_catalog.ByName("otlp_proto")!.Read(bytes, _batch, Limits) != FormatOutcome.Taken)
            {
                refused++;
                continue;
            }

            if (Parsed(bytes) is not { } expected) continue;
            Assert.That(Text(), Is.EqualTo(OtlpMessages.Expected(expected)), $"message {i}");
            same++;
        }

        TestContext.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{same} the same, {refused} refused"));
        Assert.That(same, Is.GreaterThan(5000));
        Assert.That(refused, Is.GreaterThan(1000));
    }

    // Texts that the collector steps over, such as descriptions, need not be UTF-8 for it.
    private static MetricsData? Parsed(byte[] bytes)
    {
        try
        {
            return MetricsData.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException wrong) when (wrong.Message.Contains("UTF-8", StringComparison.Ordinal))
        {
            return null;
        }
    }

    private string Read(byte[] bytes)
    {
        _batch.Clear();
        Assert.That(_catalog.ByName("otlp_proto")!.Read(bytes, _batch, Limits), Is.EqualTo(FormatOutcome.Taken));
        return Text();
    }

    private string Text() => PointText.Of(_batch);
}
