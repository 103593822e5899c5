using System.Globalization;

namespace LeptonStream.Kafka.Topics;

/// <summary>The partitions and settings that one topic must have.</summary>
/// <param name="Name">Its full name.</param>
/// <param name="Purpose">Its purpose in a few words, for people.</param>
/// <param name="Partitions">Number of partitions of a new topic, from 1.</param>
/// <param name="LikeMetrics">Whether it must have as many partitions as the metrics topic: its records carry that partition's
/// number.</param>
/// <param name="Settings">The settings to create it with.</param>
/// <param name="Required">The settings without which something breaks; a subset of the names in <paramref name="Settings"/>.</param>
public sealed record TopicPlan(
    string Name, string Purpose, int Partitions, bool LikeMetrics, IReadOnlyDictionary<string, string> Settings,
    IReadOnlyList<TopicRule> Required)
{
    private const string Cleanup = "cleanup.policy";
    private const string Retention = "retention.ms";
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>The topics of an installation.</summary>
    public static IReadOnlyList<TopicPlan> Of(TopicNames names, int partitions) =>
    [
        new(names.Metrics, "samples from producers, keyed by model", partitions, false,
            With("delete", (Retention, Milliseconds(2 * Day)), ("message.timestamp.type", "LogAppendTime")),
            [
                TopicRule.Is(Cleanup, "delete", "a compacted topic keeps only the last sample of each model"),
                TopicRule.AtLeast(Retention, Day, "after an outage the samples of its time must still be there"),
                TopicRule.Is("message.timestamp.type", "LogAppendTime",
                    "the broker's clock decides what is late; a producer's clock can't be trusted for that"),
            ]),
        new(names.Alerts, "alert events, in the partition of their samples", partitions, true,
            With("delete", (Retention, Milliseconds(7 * Day))),
            [
                TopicRule.Is(Cleanup, "delete", "a compacted topic forgets the history of an alert"),
                TopicRule.AtLeast(Retention, 7 * Day, "the notifier reads its backlog from here"),
            ]),
        new(names.Status, "the last status of each worker's partitions", 1, false,
            With("compact", ("segment.ms", Milliseconds(TimeSpan.FromMinutes(10)))),
            [TopicRule.Is(Cleanup, "compact", "readers want the last status of each partition, however old")]),
        // Of each partition two snapshots are kept; small segments are cleaned soon.
        new(names.State, "snapshots of each partition's state", partitions, true,
            With("compact", ("segment.bytes", "134217728"), ("min.cleanable.dirty.ratio", "0.1")),
            [TopicRule.Is(Cleanup, "compact", "a snapshot must stay until the next but one replaces it, however old it is")]),
        new(names.Feedback, "people's verdicts about alerts, in the partition of their samples", partitions, true,
            With("delete", (Retention, Milliseconds(90 * Day))),
            [
                TopicRule.Is(Cleanup, "delete", "a compacted topic keeps only the last verdict of each model"),
                TopicRule.AtLeast(Retention, 30 * Day, "detectors learn from the verdicts of the past weeks"),
            ]),
        new(names.Actions, "actions that alerts ask other programs for, keyed by model", partitions, false,
            With("delete", (Retention, Milliseconds(7 * Day))),
            [TopicRule.Is(Cleanup, "delete", "a compacted topic keeps only the last action of each model")]),
        new(names.DeadLetters, "records that could not be used, with the reason", partitions, false,
            With("delete", (Retention, Milliseconds(14 * Day))),
            [TopicRule.Is(Cleanup, "delete", "records without a key can't be compacted")]),
    ];

    private static Dictionary<string, string> With(string cleanup, params (string Name, string Value)[] more)
    {
        var settings = new Dictionary<string, string> { [Cleanup] = cleanup };
        foreach (var (name, value) in more) settings[name] = value;
        return settings;
    }

    private static string Milliseconds(TimeSpan span) => span.TotalMilliseconds.ToString(CultureInfo.InvariantCulture);
}
