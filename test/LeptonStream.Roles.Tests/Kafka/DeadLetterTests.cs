using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Confluent.Kafka;
using LeptonStream.Kafka;
using LeptonStream.Samples;
using Timestamp = Confluent.Kafka.Timestamp;

namespace LeptonStream.Roles.Tests.Kafka;

public sealed class DeadLetterTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);

    [Test]
    public void Of_LargeValue_IsCutAndKeepsItsLengthAndHash()
    {
        var value = Enumerable.Range(0, 1_000_000).Select(i => (byte)i).ToArray();

        var letter = Of(new() { Value = value });

        Assert.That(letter.Value, Is.EqualTo(value[..DeadLetter.KeptBytes]));
        Assert.That(Header(letter, "lepton.payload.length"), Is.EqualTo("1000000"));
        Assert.That(Header(letter, "lepton.payload.sha256"), Is.EqualTo(Convert.ToHexStringLower(SHA256.HashData(value))));
    }

    [Test]
    public void Of_LargeKey_IsCutAndKeepsItsLength()
    {
        var letter = Of(new() { Key = new byte[500_000], Value = [1] });

        Assert.That(letter.Key, Has.Length.EqualTo(DeadLetter.KeptBytes));
        Assert.That(Header(letter, "lepton.key.length"), Is.EqualTo("500000"));
    }

    [Test]
    public void Of_NoKeyAndNoValue_HasNeither()
    {
        var letter = Of(new());

        Assert.That((letter.Key, letter.Value), Is.EqualTo(((byte[]?)null, (byte[]?)null)));
        Assert.That(Header(letter, "lepton.payload.length"), Is.Null);
    }

    [Test]
    public void Of_TenThousandHeaders_KeepsWhatFitsAndSaysHowManyDoNot()
    {
        var headers = new Headers();
        for (var i = 0; i < 10_000; i++) headers.Add($"header-{i:D5}", new byte[10]);

        var letter = Of(new() { Value = [1], Headers = headers });

        var dropped = int.Parse(Header(letter, "lepton.headers.dropped")!, CultureInfo.InvariantCulture);
        Assert.That(dropped, Is.InRange(7_000, 9_000));
        Assert.That(letter.Headers.Count(h => h.Key.StartsWith("header-", StringComparison.Ordinal)), Is.EqualTo(10_000 - dropped));
    }

    [Test]
    public void Of_TimeInTheFuture_IsNowAndKeptAside()
    {
        var future = Now.AddYears(3).ToUnixTimeMilliseconds();

        var letter = Of(new() { Value = [1], Timestamp = new Timestamp(future, TimestampType.CreateTime) });

        Assert.That(letter.Timestamp.UnixTimestampMs, Is.EqualTo(Now.ToUnixTimeMilliseconds()));
        Assert.That(Header(letter, "lepton.timestamp"), Is.EqualTo($"{future}"));
    }

    [Test]
    public void Of_TimeOfTheBroker_IsSaidByTheProducer()
    {
        var letter = Of(new() { Value = [1], Timestamp = new Timestamp(1_700_000_000_000, TimestampType.LogAppendTime) });

        // A client refuses to produce a record whose time it says is the broker's.
        Assert.That(letter.Timestamp, Is.EqualTo(new Timestamp(1_700_000_000_000, TimestampType.CreateTime)));
    }

    [Test]
    public void Of_AnyRecord_CarriesKafkaConnectsHeadersAsText()
    {
        var letter = Of(new() { Value = [1] });

        Assert.That(letter.Headers.Where(h => h.Key.StartsWith("__connect", StringComparison.Ordinal))
            .Select(h => $"{h.Key[17..]}={Encoding.UTF8.GetString(h.GetValueBytes())}"), Is.EqualTo(new[]
        {
            "topic=in", "partition=3", "offset=42", "connector.name=lepton-detector", "task.id=3", "stage=VALUE_CONVERTER",
                "exception.message=no JSON",
        }));
    }

    [Test]
    public void ReasonNames_EveryReason_IsAFixedWord() =>
        Assert.That(Enum.GetValues<RejectReason>().Select(ReasonNames.Of), Is.Unique.And.All.Match("^[a-z][a-z0-9_]*$"));

    private static Message<byte[]?, byte[]?> Of(Message<byte[]?, byte[]?> message) => DeadLetter.Of(
        new() { Topic = "in", Partition = 3, Offset = 42, Message = message }, "malformed_json", "no JSON", "VALUE_CONVERTER",
        "lepton-detector", Now);

    private static string? Header(Message<byte[]?, byte[]?> letter, string name) =>
        letter.Headers.TryGetLastBytes(name, out var bytes) ? Encoding.UTF8.GetString(bytes) : null;
}
