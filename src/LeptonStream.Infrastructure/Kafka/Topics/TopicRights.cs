using Confluent.Kafka;
using Confluent.Kafka.Admin;
using LeptonStream.Health;

namespace LeptonStream.Kafka.Topics;

/// <summary>The rights on topics that roles need, and those that the credentials of a client lack.</summary>
public static class TopicRights
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>The rights that roles need; docs/configuration.md#rights shows them.</summary>
    public static IReadOnlyList<(string Topic, AclOperation Right, string[] Roles)> Needed(TopicNames names) =>
    [
        // Collectors look there for what other replicas have heard, detectors for what came since a snapshot.
        (names.Metrics, AclOperation.Read, [RoleNames.Detector, RoleNames.Collector]),
        (names.Metrics, AclOperation.Write, [RoleNames.Collector, RoleNames.Edge, RoleNames.Notifier]),
        (names.Alerts, AclOperation.Read, [RoleNames.Detector, RoleNames.Notifier]),
        (names.Alerts, AclOperation.Write, [RoleNames.Detector]),
        (names.Status, AclOperation.Read, [RoleNames.Notifier]),
        (names.Status, AclOperation.Write, [RoleNames.Detector]),
        (names.State, AclOperation.Read, [RoleNames.Detector]),
        (names.State, AclOperation.Write, [RoleNames.Detector]),
        (names.Feedback, AclOperation.Read, [RoleNames.Detector]),
        (names.Feedback, AclOperation.Write, [RoleNames.Notifier]),
        (names.Actions, AclOperation.Write, [RoleNames.Notifier]),
        (names.DeadLetters, AclOperation.Write, [RoleNames.Detector, RoleNames.Collector, RoleNames.Edge, RoleNames.Notifier]),
    ];

    /// <summary>Asks which of these rights the client does not have.</summary>
    /// <param name="admin">The client.</param>
    /// <param name="names">The topics.</param>
    /// <param name="present">Those that are there.</param>
    /// <returns>The missing rights; null where the cluster does not say.</returns>
    public static async Task<IReadOnlyList<(string Topic, AclOperation Right, string[] Roles)>?> Missing(
        IAdminClient admin, TopicNames names, IReadOnlyCollection<string> present)
    {
        ArgumentNullException.ThrowIfNull(admin);
        if (present.Count == 0) return [];
        try
        {
            var answer = await admin.DescribeTopicsAsync(TopicCollection.OfTopicNames(present),
                new() { RequestTimeout = Patience, IncludeAuthorizedOperations = true }).ConfigureAwait(false);
            var allowed = answer.TopicDescriptions.Where(topic => topic.AuthorizedOperations is not null)
                .ToDictionary(topic => topic.Name, topic => topic.AuthorizedOperations);
            return [.. Needed(names).Where(need => allowed.TryGetValue(need.Topic, out var own) && !own.Contains(need.Right))];
        }
        catch (KafkaException)
        {
            // An old broker, an embedded one, or a topic that was deleted just now.
            return null;
        }
    }
}
