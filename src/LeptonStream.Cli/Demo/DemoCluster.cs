using System.Globalization;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using LeptonStream.Kafka;
using LeptonStream.Kafka.Embedded;
using LeptonStream.Kafka.Topics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LeptonStream.Cli.Demo;

/// <summary>
/// The Kafka under the demo: the embedded broker, or a real cluster with topics and groups of this run's own that are deleted at the end.
/// </summary>
internal sealed class DemoCluster : IAsyncDisposable
{
    private readonly EmbeddedBroker? _broker;

    private DemoCluster(KafkaOptions kafka, EmbeddedBroker? broker)
    {
        Kafka = kafka;
        Topics = TopicNames.Of(kafka);
        _broker = broker;
    }

    public KafkaOptions Kafka { get; }

    public TopicNames Topics { get; }

    /// <summary>
    /// The detector's consumer group: named after the topics, for another run on the same cluster must not share its partitions.
    /// </summary>
    public string DetectorGroup => Topics.Prefix + "detector";

    public string NotifierGroup => Topics.Prefix + "notifier";

    /// <summary>Its description for people.</summary>
    public string Name => _broker is null ? $"the cluster at {Kafka.BootstrapServers}" : "the embedded broker";

    /// <summary>Starts the embedded broker with all topics.</summary>
    public static DemoCluster Embedded(int partitions)
    {
        var broker = EmbeddedBroker.Start();
        var cluster = new DemoCluster(new() { BootstrapServers = broker.BootstrapServers }, broker);
        broker.CreateTopics(cluster.Topics, partitions);
        return cluster;
    }

    /// <summary>Creates topics on a real cluster, under a prefix that no other run has.</summary>
    /// <exception cref="InvalidOperationException">The cluster does not answer or refuses; the message names it.</exception>
    public static async Task<DemoCluster> Real(KafkaOptions kafka, int partitions, DateTimeOffset now, ILogger log)
    {
        kafka.TopicPrefix += string.Create(CultureInfo.InvariantCulture, $"demo-{now:yyyyMMdd-HHmmss}-{Environment.ProcessId}.");
        var cluster = new DemoCluster(kafka, null);
        using var admin = new AdminClientBuilder(ClientSettings.Admin(kafka)).LogTo(log).Build();
        try
        {
            await new TopicAdministration(admin, cluster.Topics).Create(partitions, -1);
            return cluster;
        }
        catch (KafkaException failure)
        {
            throw new InvalidOperationException($"no topics can be created at {kafka.BootstrapServers}: {failure.Error.Words()}", failure);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_broker is not null)
        {
            _broker.Dispose();
            return;
        }

        using var admin = new AdminClientBuilder(ClientSettings.Admin(Kafka)).LogTo(NullLogger.Instance).Build();
        try
        {
            await admin.DeleteTopicsAsync(Topics.All);
            await admin.DeleteGroupsAsync([DetectorGroup, NotifierGroup]);
        }
        catch (DeleteGroupsException gone) when (
            gone.Results.All(result => result.Error.Code is ErrorCode.NoError or ErrorCode.GroupIdNotFound))
        {
            // A group that never committed anything was never there.
        }
        catch (KafkaException left)
        {
            await Console.Error.WriteLineAsync($"lepton: topics or groups named {Topics.Prefix}* are left behind: {left.Error.Reason}");
        }
    }
}
