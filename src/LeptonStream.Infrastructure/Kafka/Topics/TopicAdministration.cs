using System.Diagnostics;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace LeptonStream.Kafka.Topics;

/// <summary>Creates the topics of an installation and checks them against <see cref="TopicPlan"/>.</summary>
public sealed class TopicAdministration(IAdminClient admin, TopicNames names)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(100);

    // Asked only of a broker that has just answered.
    private static readonly TimeSpan ShortPatience = TimeSpan.FromSeconds(5);

    /// <summary>Creates the topics that are missing; those that are there are left as they are.</summary>
    /// <param name="partitions">For new topics; where the metrics topic is there already, the topics that follow it get its number.</param>
    /// <param name="replicationFactor">For new topics; -1 takes the broker's default.</param>
    /// <returns>The names of the created topics.</returns>
    /// <exception cref="CreateTopicsException">The broker refused one; the message names it and why.</exception>
    public async Task<IReadOnlyList<string>> Create(int partitions, short replicationFactor)
    {
        var present = Present();
        if (present.TryGetValue(names.Metrics, out var given)) partitions = given;
        TopicSpecification[] missing = [.. TopicPlan.Of(names, partitions)
            .Where(topic => !present.ContainsKey(topic.Name))
            .Select(topic => new TopicSpecification
            {
                Name = topic.Name,
                NumPartitions = topic.Partitions,
                ReplicationFactor = replicationFactor,
                Configs = new(topic.Settings),
            })];
        if (missing.Length == 0) return [];
        try
        {
            await admin.CreateTopicsAsync(missing, new() { RequestTimeout = Patience, OperationTimeout = Patience });
        }
        catch (CreateTopicsException raced) when (raced.Results.All(result =>
            result.Error.Code is ErrorCode.NoError or ErrorCode.TopicAlreadyExists))
        {
            // Somebody else created it between our look and our request.
        }

        await AreListed(missing);
        return [.. missing.Select(topic => topic.Name)];
    }

    // The controller acknowledges a topic before every broker lists it.
    private async Task AreListed(IReadOnlyList<TopicSpecification> created)
    {
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < Patience; await Task.Delay(LookAgain))
        {
            var present = Present();
            if (created.All(topic => present.ContainsKey(topic.Name))) return;
        }
    }

    /// <summary>Looks at every topic of the installation.</summary>
    public async Task<IReadOnlyList<TopicReport>> Check()
    {
        var present = Present();
        var plan = TopicPlan.Of(names, present.GetValueOrDefault(names.Metrics, 1));
        var settings = await Settings([.. plan.Select(topic => topic.Name).Where(present.ContainsKey)]);
        return [.. plan.Select(topic => Judge(topic, present, settings))];
    }

    private TopicReport Judge(TopicPlan topic, Dictionary<string, int> present, Dictionary<string, Dictionary<string, string>>? settings)
    {
        if (!present.TryGetValue(topic.Name, out var partitions))
            return new(topic.Name, topic.Purpose, null, settings is not null,
                [$"there is no topic {topic.Name}: 'lepton topics create' makes it"]);
        List<string> problems = [];
        if (topic.LikeMetrics && present.TryGetValue(names.Metrics, out var given) && partitions != given)
            problems.Add($"{topic.Name} has {partitions} partitions but {names.Metrics} has {given}: records keep the number of their "
                + $"partition, so both must have as many");
        if (settings is null) return new(topic.Name, topic.Purpose, partitions, false, problems);
        foreach (var rule in topic.Required)
            if (settings[topic.Name].TryGetValue(rule.Setting, out var actual) && !rule.Accepts(actual))
                problems.Add($"{topic.Name} has {rule.Setting}={actual}, it must be {rule.Allowed}: {rule.Reason}");
        return new(topic.Name, topic.Purpose, partitions, true, problems);
    }

    private Dictionary<string, int> Present() => admin.GetMetadata(Patience).Topics
        .Where(topic => topic.Error.Code == ErrorCode.NoError)
        .ToDictionary(topic => topic.Topic, topic => topic.Partitions.Count);

    // The embedded broker has topics but no settings to ask for, and the client waits for another that has.
    private async Task<Dictionary<string, Dictionary<string, string>>?> Settings(string[] topics)
    {
        if (topics.Length == 0) return [];
        try
        {
            var answers = await admin.DescribeConfigsAsync(
                topics.Select(topic => new ConfigResource { Type = ResourceType.Topic, Name = topic }),
                new() { RequestTimeout = ShortPatience });
            return answers.ToDictionary(answer => answer.ConfigResource.Name, answer =>
                answer.Entries.ToDictionary(entry => entry.Key, entry => entry.Value.Value));
        }
        catch (KafkaException unknown) when (unknown.Error.Code is ErrorCode.Local_UnsupportedFeature or ErrorCode.Local_TimedOut)
        {
            return null;
        }
    }
}
