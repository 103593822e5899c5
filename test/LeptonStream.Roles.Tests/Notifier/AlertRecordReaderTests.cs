using System.Text;
using System.Text.Json.Nodes;
using Confluent.Kafka;
using LeptonStream.Alerts;
using LeptonStream.Notifier;
using LeptonStream.Testing;

namespace LeptonStream.Roles.Tests.Notifier;

public sealed class AlertRecordReaderTests
{
    [Test]
    public void Read_AnEvent_KeepsItsBytesAsText()
    {
        var value = AlertEventJson.Write(AlertEvents.Opened("latency"));

        var record = AlertRecordReader.Read(Record(value), out var refusal);

        Assert.That(refusal, Is.Null);
        Assert.That(record.Payload, Is.EqualTo(value));
        Assert.That(record.Event!.Metric, Is.EqualTo("latency"));
        Assert.That(record.PublishedAt.UnixMilliseconds, Is.EqualTo(1_800_000_000_123));
    }

    [Test]
    public void Read_AnEarlyWarning_IsAnEventToo()
    {
        var warning = AlertEvents.EarlyWarning("cache");

        var record = AlertRecordReader.Read(Record(AlertEventJson.Write(warning)), out var refusal);

        Assert.That(refusal, Is.Null);
        Assert.That((record.Event!.Type, record.Event.EarlyWarning), Is.EqualTo((AlertEventType.EarlyWarning, warning.EarlyWarning)));
    }

    [TestCase("", "empty_value")]
    [TestCase("{", "no_alert_event")]
    [TestCase("[]", "no_alert_event")]
    [TestCase("{}", "no_alert_event")]
    [TestCase("null", "no_alert_event")]
    [TestCase("\uFEFF{}", "no_alert_event")]
    public void Read_NoEvent_SaysWhy(string value, string reason)
    {
        var record = AlertRecordReader.Read(Record(Encoding.UTF8.GetBytes(value)), out var refusal);

        Assert.That(record.Event, Is.Null);
        Assert.That(refusal!.Value.Reason, Is.EqualTo(reason));
    }

    [Test]
    public void Read_Tombstone_SaysWhy()
    {
        AlertRecordReader.Read(Record(null), out var refusal);

        Assert.That(refusal!.Value.Reason, Is.EqualTo("empty_value"));
    }

    [Test]
    public void Read_TooLarge_SaysWhy()
    {
        AlertRecordReader.Read(Record(new byte[1024 * 1024 + 1]), out var refusal);

        Assert.That(refusal!.Value.Reason, Is.EqualTo("too_large"));
    }

    // Each value in the place of each field: none of it may be more than a refusal.
    [Test]
    public void Read_AnyFieldOfAnyType_NeverThrows(
        [Values("null", "1", "-1e308", "\"\"", "\"x\"", "true", "[]", "{}", "[1]", "[[]]", "[[1,2]]", "\"\\ud800\"", "1e400",
        "\"9999-99-99\"", "{\"en\":[]}")] string hostile)
    {
        var whole = JsonNode.Parse(AlertEventJson.Write(AlertEvents.EarlyWarning("latency")))!.AsObject();
        foreach (var field in whole.Select(pair => pair.Key).ToArray())
        {
            var parts = whole.Select(pair => $"\"{pair.Key}\":{(pair.Key == field ? hostile : pair.Value?.ToJsonString() ?? "null")}");

            Assert.That(() => AlertRecordReader.Read(Record(Encoding.UTF8.GetBytes($"{{{string.Join(',', parts)}}}")), out _),
                Throws.Nothing, field);
        }
    }

    [TestCase("")]
    [TestCase("a\u0000b")]
    [TestCase("201")]
    public void Read_IdThatIsNone_IsRefused(string id)
    {
        var alert = AlertEvents.Opened("latency");
        var wrong = id == "201" ? new string('a', 201) : id;

        foreach (var value in new[] { alert with { Id = wrong }, alert with { AlertId = wrong } })
        {
            AlertRecordReader.Read(Record(AlertEventJson.Write(value)), out var refusal);
            Assert.That(refusal!.Value.Detail, Does.Contain("1 to 200 characters"));
        }
    }

    [Test]
    public void Read_HostileTextInARefusal_StaysShortAndOneLine()
    {
        var whole = JsonNode.Parse(AlertEventJson.Write(AlertEvents.Opened("latency")))!.AsObject();
        whole["onset"] = "x\nFAKE LOG LINE\u001b[2J" + new string('y', 100_000);

        AlertRecordReader.Read(Record(Encoding.UTF8.GetBytes(whole.ToJsonString())), out var refusal);

        Assert.That(refusal!.Value.Detail, Has.Length.LessThanOrEqualTo(300));
        Assert.That(refusal.Value.Detail.Any(char.IsControl), Is.False);
    }

    private static ConsumeResult<byte[]?, byte[]?> Record(byte[]? value) => new()
    {
        Topic = "lepton.alerts",
        Partition = 0,
        Offset = 7,
        Message = new() { Value = value, Timestamp = new Timestamp(1_800_000_000_123, TimestampType.CreateTime) },
    };
}
