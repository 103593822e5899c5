using LeptonStream.Collector;
using LeptonStream.Collector.Mapping;
using LeptonStream.Collector.Topics;
using LeptonStream.Kafka;
using Microsoft.Extensions.Options;

namespace LeptonStream.Cli.Map;

/// <summary>Maps records of a topic as the collector does: with its settings, its limits and its registry of schemas.</summary>
internal static class MapTopic
{
    /// <param name="options">The collector's settings.</param>
    /// <param name="config">Its collector.yaml.</param>
    /// <param name="name">The topic.</param>
    /// <param name="format">A format to use in place of that in collector.yaml; null for none.</param>
    /// <param name="records">The records of the topic.</param>
    /// <param name="report">Takes the outcome.</param>
    /// <param name="isOwn">Whether the topic is one of this installation, which is no source.</param>
    /// <param name="stop">Stops reading.</param>
    public static MapTally Run(CollectorOptions options, CollectorConfig config, string name, string? format, TopicRecords records,
        IMapReport report, bool isOwn, CancellationToken stop)
    {
        using var registry = new SchemaRegistry(Options.Create(options), TimeProvider.System);
        var known = config.Topics.FirstOrDefault(topic => topic.Name == name);
        var source = known ?? new(name, null, FromEnd: false);
        using var run = new MapRun(config, format is null ? source : source with { Format = format }, options.LimitsOfTopics(),
            registry.ForReader());
        var tally = new MapTally();
        foreach (var record in records.Read(stop))
        {
            stop.ThrowIfCancellationRequested();
            var payload = run.Map(record);
            tally.Add(payload);
            report.Add(payload);
        }

        report.End(tally, new(name, records, known is not null || isOwn));
        return tally;
    }
}
