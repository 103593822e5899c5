using System.Text;
using Confluent.Kafka;
using LeptonStream.Alerts;
using LeptonStream.Collector.Intake;
using LeptonStream.Collector.Mapping;
using LeptonStream.Collector.Output;
using LeptonStream.Collector.Quality;
using LeptonStream.Collector.Scrape;
using LeptonStream.Detection;
using LeptonStream.Samples;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Limits = LeptonStream.Collector.Points.FormatLimits;
using Timestamp = LeptonStream.Samples.Timestamp;

namespace LeptonStream.Roles.Tests.Collector.Quality;

/// <summary>Replicas of a collector that write one log, and the partition of a detector that judges what they say.</summary>
internal sealed class ReplicaStory
{
    private const int Interval = 10;

    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeSeconds(1_790_553_600));
    private readonly PartitionPipeline _partition = new("lepton.metrics", 0, DetectionPolicy.Default);
    private readonly List<Message<byte[]?, byte[]?>> _log = [];
    private readonly List<AlertEvent> _events = [];
    private long _offset;

    /// <summary>Whether replicas can read what the others wrote.</summary>
    public bool CanRead { get; init; } = true;

    public List<Replica> Replicas { get; } = [];

    public List<AlertEvent> Opened => _events.FindAll(e => e.Type == AlertEventType.Opened);

    public string Story => string.Join('\n', _events.Select(e => $"{e.DetectedAt} {e.Type} {e.English.Summary} | {e.English.Description}"));

    /// <summary>One more replica, whose minutes begin when they do.</summary>
    public Replica Add()
    {
        Replicas.Add(new(this));
        return Replicas[^1];
    }

    /// <summary>Lets senders send for hours.</summary>
    /// <param name="hours">How long.</param>
    /// <param name="senders">How many there are.</param>
    /// <param name="to">The replica that a sender sends its next message to: by the sender and the number of the message.</param>
    public void Run(double hours, int senders, Func<int, int, Replica> to)
    {
        for (var i = 0; i < hours * 3600 / Interval; i++)
        {
            for (var sender = 0; sender < senders; sender++) to(sender, i).Take(QualityStory.Pod($"p{sender}"));
            _time.Advance(TimeSpan.FromSeconds(Interval));
            foreach (var replica in Replicas) replica.Report();
        }
    }

    internal sealed class Replica : IRecordSink, ISampleLog
    {
        private readonly ReplicaStory _story;
        private readonly IntakeMapping _mapping = new();
        private readonly IntakeLane _lane = new();
        private readonly QualityReport _report;
        private int _seen;

        public Replica(ReplicaStory story)
        {
            _story = story;
            _report = new(_mapping, new ScrapeReach(), this, this, new(null), story._time, NullLogger<QualityReport>.Instance);
        }

        public string? Trouble => null;

        /// <summary>How often it had to read what the others wrote.</summary>
        public int Looks { get; private set; }

        public void Report() => _report.Round(CancellationToken.None).GetAwaiter().GetResult();

        public void Take(string message)
        {
            var at = _story._time.GetUtcNow().ToUnixTimeSeconds();
            var text = message.Replace("{\"model\"", $"{{\"ts\":{at},\"model\"", StringComparison.Ordinal);
            _lane.Read(_lane.Formats.ByName("native_json")!, Encoding.UTF8.GetBytes(text), Limits.Default);
            _mapping.Map(_lane, new SourceContext("/v1/samples"), "", at * 1_000_000_000);
            _lane.Write(null);
            _story._log.AddRange(_lane.Records);
        }

        public Task<LogTail?> Look(IReadOnlyCollection<string> models, IReadOnlyCollection<string> wanted, CancellationToken stop)
        {
            var (format, batch, tail) = (new NativeJsonFormat(FormatLimits.Default), new SampleBatch(), new LogTail());
            var from = _seen;
            _seen = _story._log.Count;
            if (wanted.Count == 0 || !_story.CanRead) return Task.FromResult<LogTail?>(null);
            Looks++;
            foreach (var record in _story._log[from..])
            {
                var reason = format.Read(record.Value!, Timestamp.FromDateTimeOffset(_story._time.GetUtcNow()), batch, out _);
                Assert.That(reason, Is.EqualTo(RejectReason.None));
                foreach (var entity in batch.Entities)
                    tail.Add(Encoding.UTF8.GetString(record.Key!), entity.Id, entity.Time.UnixNanoseconds);
            }

            return Task.FromResult<LogTail?>(tail);
        }

        public Task<SendResult> Send(IReadOnlyList<Message<byte[]?, byte[]?>> records, Action release)
        {
            var now = Timestamp.FromDateTimeOffset(_story._time.GetUtcNow());
            foreach (var record in records)
                Assert.That(_story._partition.Process(record.Value, _story._offset++, now, _story._events).IsAccepted, Is.True);
            _story._events.RemoveAll(e => e.IsProgress);
            release();
            return Task.FromResult(SendResult.Nothing);
        }
    }
}
