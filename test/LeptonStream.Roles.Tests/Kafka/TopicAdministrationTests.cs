using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using LeptonStream.Kafka;
using LeptonStream.Kafka.Topics;

namespace LeptonStream.Roles.Tests.Kafka;

public sealed class TopicAdministrationTests
{
    [Test]
    public async Task Create_TheClusterListsNewTopicsLater_ComesBackWhenItDoes()
    {
        var admin = DispatchProxy.Create<IAdminClient, LateCluster>();
        var names = TopicNames.Of(new KafkaOptions());
        var topics = new TopicAdministration(admin, names);

        var created = await topics.Create(partitions: 3, replicationFactor: -1);

        Assert.That(created, Is.EquivalentTo(names.All));
        Assert.That((await topics.Check()).SelectMany(report => report.Problems), Is.Empty);
    }

    // Acknowledges topics at once and lists them from the third question after that on.
    [SuppressMessage("Performance", "CA1852:Seal internal types", Justification = "The proxy derives from it.")]
    private class LateCluster : DispatchProxy
    {
        private List<TopicMetadata> _created = [];
        private int _asked;

        protected override object? Invoke(MethodInfo? method, object?[]? arguments) => method!.Name switch
        {
            nameof(IAdminClient.CreateTopicsAsync) => Take((IEnumerable<TopicSpecification>)arguments![0]!),
            nameof(IAdminClient.GetMetadata) => new Metadata([], _created.Count > 0 && ++_asked > 2 ? _created : [], 1, "late"),
            nameof(IAdminClient.DescribeConfigsAsync) => throw new KafkaException(ErrorCode.Local_UnsupportedFeature),
            _ => throw new NotSupportedException(method.Name),
        };

        private Task Take(IEnumerable<TopicSpecification> topics)
        {
            _created = [.. topics.Select(topic => new TopicMetadata(topic.Name,
                [.. Enumerable.Range(0, topic.NumPartitions).Select(id => new PartitionMetadata(id, 1, [1], [1], ErrorCode.NoError))],
                ErrorCode.NoError))];
            return Task.CompletedTask;
        }
    }
}
