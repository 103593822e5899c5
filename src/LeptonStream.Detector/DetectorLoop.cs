using LeptonStream.Health;
using LeptonStream.Kafka;
using Microsoft.Extensions.Logging;

namespace LeptonStream.Detector;

/// <summary>What one of the detector's loops has of its own; all else they share.</summary>
/// <param name="name">Its name in log lines; null where it is the only one.</param>
/// <param name="instance">Its name in statuses and snapshots.</param>
/// <param name="kafka">The settings of its clients.</param>
/// <param name="health">Its health.</param>
/// <param name="troubles">Its part of the log of troubles.</param>
internal sealed class DetectorLoop(string? name, string instance, KafkaOptions kafka, LoopHealth health, TroubleLog troubles)
{
    public string Instance => instance;

    public KafkaOptions Kafka => kafka;

    public LoopHealth Health => health;

    public TroubleLog Troubles => troubles;

    /// <summary>What it knows of the topics from one session to the next.</summary>
    public KnownTopics Topics { get; } = new();

    /// <summary>A log whose lines tell the loop from others.</summary>
    public ILogger Mark(ILogger log) => name is null ? log : new LoopLogger(log, name);
}
