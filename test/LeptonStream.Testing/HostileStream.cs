using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Confluent.Kafka;
using LeptonStream.Alerts;
using LeptonStream.Detection;
using LeptonStream.Kafka;
using LeptonStream.Samples;
using NUnit.Framework;
using Timestamp = LeptonStream.Samples.Timestamp;

namespace LeptonStream.Testing;

/// <summary>
/// A sound model's stream with every hostile record in between, as one partition gets it; and what must come of it: each hostile record
/// dead-lettered once with its reason, and the sound model's events as if the hostile records had been harmless.
/// </summary>
public sealed class HostileStream
{
    private const string Sound = "sound";
    private const int SamplesBetween = 6;

    private readonly List<(Message<byte[]?, byte[]?> Message, HostileRecord? Hostile)> _records = [];

    private readonly Timestamp _begin;

    /// <param name="begin">Event time of the first record; one a minute follows.</param>
    /// <param name="logTime">When the log takes the record of an index: the time in the log that hostile times are hostile to.</param>
    public HostileStream(Timestamp begin, Func<int, Timestamp> logTime)
    {
        _begin = begin;
        var sample = 0;
        var hostile = HostileRecords.At(begin);
        var incident = hostile.Count * SamplesBetween;
        for (var i = 0; i < hostile.Count; i++)
        {
            // Enough sound samples to know the series, then an incident among the hostile records.
            for (var j = 0; j < SamplesBetween; j++) AddSound(sample++, incident, logTime);
            var record = HostileRecords.At(logTime(_records.Count))[i];
            Add(record.Value, i % 3 == 0 ? null : Encoding.UTF8.GetBytes(record.Name), i % 5 == 0 ? ManyHeaders() : [], logTime, record);
        }

        for (var j = 0; j < 40; j++) AddSound(sample++, incident, logTime);
    }

    public IEnumerable<Message<byte[]?, byte[]?>> Messages => _records.Select(r => r.Message);

    public int Count => _records.Count;

    /// <summary>
    /// The events that a clean run yields: the same offsets, a harmless record of another model in place of each hostile one.
    /// </summary>
    public IReadOnlyList<string> CleanEvents(string topic, int partition, Func<long, Timestamp> logTime, Guid? topicId = null)
    {
        var pipeline = new PartitionPipeline(topic, partition, DetectionPolicy.Default, topicId: topicId);
        var events = new List<AlertEvent>();
        for (var offset = 0; offset < _records.Count; offset++)
        {
            var value = _records[offset].Hostile is null
                ? _records[offset].Message.Value
                : Encoding.UTF8.GetBytes(HostileRecords.Good(logTime(offset)));
            Assert.That(pipeline.Process(value, offset, logTime(offset), events).IsAccepted, Is.True);
        }

        return [.. events.Where(e => e.Model == Sound).Select(e => Encoding.UTF8.GetString(AlertEventJson.Write(e)))];
    }

    /// <summary>
    /// Fails the test unless each hostile record has exactly one dead letter, with its reason, its origin and what fits of it.
    /// </summary>
    public void AssertDeadLetters(IReadOnlyList<ConsumeResult<byte[]?, byte[]?>> letters, string topic, int partition)
    {
        var byOffset = letters.ToLookup(letter => TopicProbe.Header(letter, "__connect.errors.offset"));
        using var scope = Assert.EnterMultipleScope();
        Assert.That(letters, Has.Count.EqualTo(_records.Count(r => r.Hostile is not null)));
        for (var offset = 0; offset < _records.Count; offset++)
        {
            var found = byOffset[offset.ToString(CultureInfo.InvariantCulture)].ToArray();
            if (_records[offset].Hostile is not { } hostile)
            {
                Assert.That(found, Is.Empty, $"the sound record at {offset}");
                continue;
            }

            Assert.That(found, Has.Length.EqualTo(1), hostile.Name);
            if (found.Length != 1) continue;
            Assert.That(TopicProbe.Header(found[0], "lepton.reason"), Is.EqualTo(ReasonNames.Of(hostile.Reason)), hostile.Name);
            Assert.That(TopicProbe.Header(found[0], "__connect.errors.topic"), Is.EqualTo(topic), hostile.Name);
            Assert.That(TopicProbe.Header(found[0], "__connect.errors.partition"),
                Is.EqualTo(partition.ToString(CultureInfo.InvariantCulture)), hostile.Name);
            Assert.That(TopicProbe.Header(found[0], "__connect.errors.exception.message"), Is.Not.Empty, hostile.Name);
            Assert.That(found[0].Message.Value, Is.EqualTo(hostile.Value?.Take(DeadLetter.KeptBytes)), hostile.Name);
            if (hostile.Value is not { } value) continue;
            Assert.That(TopicProbe.Header(found[0], "lepton.payload.length"),
                Is.EqualTo(value.Length.ToString(CultureInfo.InvariantCulture)), hostile.Name);
            Assert.That(TopicProbe.Header(found[0], "lepton.payload.sha256"), Is.EqualTo(Convert.ToHexStringLower(SHA256.HashData(value))),
                hostile.Name);
        }
    }

    private void AddSound(int sample, int incident, Func<int, Timestamp> logTime)
    {
        var value = 200 + (10 * Math.Sin(sample * 0.7)) + (sample > incident - 30 && sample < incident ? 500 : 0);
        var time = _begin + TimeSpan.FromMinutes(_records.Count);
        var message = string.Create(CultureInfo.InvariantCulture,
            $"{{\"model\":\"{Sound}\",\"ts\":\"{time}\",\"metrics\":{{\"ttft_p99_ms\":{value:R}}}}}");
        Add(Encoding.UTF8.GetBytes(message), Encoding.UTF8.GetBytes(Sound), [], logTime, null);
    }

    private void Add(byte[]? value, byte[]? key, Headers headers, Func<int, Timestamp> logTime, HostileRecord? hostile) => _records.Add((
        new() { Key = key, Value = value, Headers = headers, Timestamp = new(logTime(_records.Count).ToDateTimeOffset()) }, hostile));

    private static Headers ManyHeaders()
    {
        var headers = new Headers();
        for (var i = 0; i < 5_000; i++) headers.Add($"h{i}", "0123456789"u8.ToArray());
        return headers;
    }
}
