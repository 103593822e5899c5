using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using LeptonStream.Alerts;
using LeptonStream.Detection;
using LeptonStream.Kafka;
using LeptonStream.Kafka.Topics;
using LeptonStream.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace LeptonStream.Integration.Tests.Detector;

/// <summary>Topics of one test on a real Kafka, and real detector processes on them.</summary>
internal sealed class DetectorOnKafka : IDisposable
{
    private readonly List<LeptonProcess> _processes = [];

    private DetectorOnKafka(RealKafka kafka, int partitions)
    {
        var options = kafka.Options();
        Options = options;
        Topics = TopicNames.Of(options);
        Group = options.TopicPrefix + "detector";
        Partitions = partitions;
        Probe = new TopicProbe(options);
    }

    public KafkaOptions Options { get; }

    public TopicNames Topics { get; }

    public string Group { get; }

    public int Partitions { get; }

    public TopicProbe Probe { get; }

    public static async Task<DetectorOnKafka> On(RealKafka kafka, int partitions)
    {
        var rig = new DetectorOnKafka(kafka, partitions);
        var created = await rig.Run("topics", "create", "--partitions", $"{partitions}");
        Assert.That(created.ExitCode, Is.Zero, created.Everything);
        return rig;
    }

    /// <summary>Starts a detector of one loop; 6 s is the shortest session that a broker allows unasked.</summary>
    public LeptonProcess StartDetector(params string[] settings) => StartDetector(null, settings);

    /// <summary>Starts a detector with variables on top of this process's own.</summary>
    public LeptonProcess StartDetector(IReadOnlyDictionary<string, string>? environment, params string[] settings)
    {
        var process = LeptonProcess.Start(environment, [
            "detector", "--bootstrap-servers", Options.BootstrapServers, "--topic-prefix", Options.TopicPrefix, "--group", Group,
            "--set", "Kafka:SessionTimeoutMs=6000", "--set", "Detector:Loops=1",
            .. settings.SelectMany(setting => new[] { "--set", setting })]);
        _processes.Add(process);
        return process;
    }

    public Task<ProgramResult> Run(params string[] arguments) =>
        LeptonProcess.Run([.. arguments, "--bootstrap-servers", Options.BootstrapServers, "--topic-prefix", Options.TopicPrefix]);

    /// <summary>Waits until the group has committed everything that is in the metrics topic.</summary>
    public async Task AllCommitted(TimeSpan? within = null)
    {
        try
        {
            await Eventually.True(IsAllCommitted, $"all {Probe.Count(Topics.Metrics)} records committed",
                within ?? TimeSpan.FromSeconds(90));
        }
        finally
        {
            TestContext.Out.WriteLine(string.Join('\n', _processes));
        }
    }

    /// <summary>Whether the group has committed everything that is in the metrics topic.</summary>
    public bool IsAllCommitted() => Probe.Ends(Topics.Metrics)
        .Where(partition => partition.Value.High > partition.Value.Low)
        .All(partition => Probe.Committed(Group, Topics.Metrics, partition.Key) == partition.Value.High);

    /// <summary>
    /// Messages that each open an alert of their own, whatever came before: the model is new and its GPU reports a grave XID.
    /// So what must be published does not depend on when a worker died.
    /// </summary>
    public static IEnumerable<Message<byte[]?, byte[]?>> Incidents(int from, int count)
    {
        for (var i = from; i < from + count; i++)
        {
            var model = string.Create(CultureInfo.InvariantCulture, $"model-{i:D6}");
            yield return new()
            {
                Key = Encoding.UTF8.GetBytes(model),
                Value = Encoding.UTF8.GetBytes(
                    $$$"""{"model":"{{{model}}}","ts":{{{DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()}}},"""
                        + $$$""" "metrics":{"DCGM_FI_DEV_XID_ERRORS":79}}"""),
            };
        }
    }

    /// <summary>The ids of the events that a detector without any fault makes of all that is in the metrics topic.</summary>
    public List<string> ExpectedIds() => [.. ReferenceDetector.Run(this).SelectMany(partition => partition.Events).Select(made => made.Id)];

    /// <summary>The models that alerts were published of, each once.</summary>
    public IEnumerable<string> PublishedModels() =>
        Judgements().Select(alert => Encoding.UTF8.GetString(alert.Message.Key!)).Distinct();

    /// <summary>Gives a topic more partitions.</summary>
    public async Task AddPartitions(string topic, int partitions)
    {
        using var admin = new AdminClientBuilder(ClientSettings.Admin(Options)).Build();
        await admin.CreatePartitionsAsync([new() { Topic = topic, IncreaseTo = partitions }]);
    }

    /// <summary>Deletes a topic and creates one of the same name.</summary>
    public async Task Recreate(string topic, int partitions)
    {
        await Delete(topic);
        using var admin = new AdminClientBuilder(ClientSettings.Admin(Options)).Build();
        await admin.CreateTopicsAsync([new() { Name = topic, NumPartitions = partitions, Configs = new()
            { ["message.timestamp.type"] = "LogAppendTime" } }]);
    }

    /// <summary>Deletes a topic, and waits until the cluster does not list it any more.</summary>
    public async Task Delete(string topic)
    {
        using var admin = new AdminClientBuilder(ClientSettings.Admin(Options)).Build();
        await admin.DeleteTopicsAsync([topic]);
        await Eventually.True(() => admin.GetMetadata(TimeSpan.FromSeconds(10)).Topics.TrueForAll(known => known.Topic != topic),
            $"{topic} is deleted");
    }

    /// <summary>The id that the cluster gave a topic.</summary>
    public Guid TopicId(string topic)
    {
        using var watch = new TopicWatch(Options, [topic], TimeProvider.System, NullLogger.Instance);
        watch.WaitForFirst(TimeSpan.FromSeconds(20));
        return watch.Latest![topic].Id!.Value;
    }

    public List<string> PublishedIds() => [.. Judgements().Select(alert => TopicProbe.Header(alert, "ce_id")!)];

    // Without gaps, and what they end.
    private IEnumerable<ConsumeResult<byte[]?, byte[]?>> Judgements() => Probe.Read(Topics.Alerts).Where(alert =>
        AlertEventJson.TryRead(alert.Message.Value, out var made, out _) && made!.Metric != StateGapNames.Metric
        && made.EndedReason != EndedReason.Superseded);

    /// <summary>Forgets the records of a partition before an offset, as retention does.</summary>
    public async Task DeleteRecords(int partition, long before)
    {
        using var admin = new AdminClientBuilder(ClientSettings.Admin(Options)).Build();
        await admin.DeleteRecordsAsync([new TopicPartitionOffset(Topics.Metrics, partition, before)],
            new() { RequestTimeout = TimeSpan.FromSeconds(20) });
    }

    /// <summary>A producer that writes in transactions.</summary>
    public IProducer<string, string> TransactionalProducer()
    {
        var settings = ClientSettings.Producer(Options, "job");
        settings.TransactionalId = Options.TopicPrefix + "job";
        var producer = new ProducerBuilder<string, string>(settings).Build();
        producer.InitTransactions(TimeSpan.FromSeconds(60));
        return producer;
    }

    public async Task SetTopicSetting(string topic, string name, string value)
    {
        using var admin = new AdminClientBuilder(ClientSettings.Admin(Options)).Build();
        await admin.IncrementalAlterConfigsAsync(new()
        {
            [new ConfigResource { Type = ResourceType.Topic, Name = topic }] = [new ConfigEntry { Name = name, Value = value,
            IncrementalOperation = AlterConfigOpType.Set }],
        });
    }

    public void Dispose()
    {
        foreach (var process in _processes) process.Dispose();
        Probe.Dispose();
    }
}
