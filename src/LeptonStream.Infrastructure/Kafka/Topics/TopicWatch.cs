using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace LeptonStream.Kafka.Topics;

/// <summary>Asks the cluster again and again, in the background, which topics there are: a topic that is deleted and created again has another id.</summary>
public sealed class TopicWatch : IDisposable
{
    /// <summary>How often it asks; sooner than producers, which notice new partitions within minutes.</summary>
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);

    private readonly IAdminClient _admin;
    private readonly TimeProvider _time;
    private readonly TopicCollection _topics;
    private Task<Dictionary<string, TopicFacts>?> _asking;
    private long _asked;

    /// <param name="client">The client whose connections are used.</param>
    /// <param name="topics">The topics to ask about.</param>
    /// <param name="time">The clock.</param>
    public TopicWatch(Handle client, IReadOnlyList<string> topics, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        _admin = new DependentAdminClientBuilder(client).Build();
        _time = time;
        _topics = TopicCollection.OfTopicNames(topics);
        _asked = time.GetTimestamp();
        _asking = Ask();
    }

    /// <summary>The topics there were when the cluster answered last, by name; null until it has answered.</summary>
    public IReadOnlyDictionary<string, TopicFacts>? Latest { get; private set; }

    /// <summary>Takes an answer that has come, and asks again when it is time. To be called in every round.</summary>
    /// <param name="wait">How long to wait for an answer that is under way.</param>
    public void Refresh(TimeSpan wait = default)
    {
        if (!_asking.Wait(wait)) return;
        if (_asking.Result is { } answer) Latest = answer;
        if (_time.GetElapsedTime(_asked) < Every) return;
        _asked = _time.GetTimestamp();
        _asking = Ask();
    }

    public void Dispose() => _admin.Dispose();

    private async Task<Dictionary<string, TopicFacts>?> Ask()
    {
        try
        {
            return FactsOf((await _admin.DescribeTopicsAsync(_topics, new() { RequestTimeout = AnswerLimit }).ConfigureAwait(false)).TopicDescriptions);
        }
        catch (DescribeTopicsException some)
        {
            return FactsOf(some.Results.TopicDescriptions);
        }
        catch (Exception failure) when (failure is KafkaException or ObjectDisposedException)
        {
            return null;
        }
    }

    private static Dictionary<string, TopicFacts> FactsOf(List<TopicDescription> topics) => topics
        .Where(topic => !topic.Error.IsError)
        .ToDictionary(topic => topic.Name, topic => new TopicFacts(topic.TopicId?.ToString() ?? "", topic.Partitions.Count));
}

/// <summary>A topic as the cluster describes it.</summary>
/// <param name="Id">Its id, which no other topic ever had; empty where the cluster does not tell ids.</param>
/// <param name="Partitions">How many partitions it has.</param>
public sealed record TopicFacts(string Id, int Partitions);
