using System.Buffers.Binary;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;

namespace LeptonStream.Kafka.Topics;

/// <summary>
/// Asks the cluster again and again, in the background, which topics there are: a topic that is deleted and created again has another id.
/// </summary>
public sealed class TopicWatch : IDisposable
{
    /// <summary>Time between two questions; producers notice new partitions later, within minutes.</summary>
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);
    private const int MaxUnanswered = 3;

    private readonly IAdminClient _admin;
    private readonly TimeProvider _time;
    private readonly IReadOnlyList<string> _topics;
    private readonly TaskCompletionSource _first = new();
    private IReadOnlyDictionary<string, TopicFacts>? _latest;
    private Task _asking;
    private long _asked;
    private int _unanswered;

    /// <param name="kafka">Settings of the Kafka clients. The watch has connections of its own: a broker that drops one for a
    /// question it does not know disturbs nobody else.</param>
    /// <param name="topics">The topics to ask about.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Takes the messages of the client.</param>
    public TopicWatch(KafkaOptions kafka, IReadOnlyList<string> topics, TimeProvider time, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(time);
        _admin = new AdminClientBuilder(ClientSettings.Admin(kafka)).LogTo(logger).Build();
        _time = time;
        _topics = topics;
        _asked = time.GetTimestamp();
        _asking = Task.Run(Ask);
    }

    /// <summary>
    /// The topics there were when the cluster answered last, by name; null until it has answered. A new answer is another object.
    /// </summary>
    public IReadOnlyDictionary<string, TopicFacts>? Latest => Volatile.Read(ref _latest);

    /// <summary>Waits for the first whole answer, for a limited time.</summary>
    public void WaitForFirst(TimeSpan limit) => _first.Task.Wait(limit);

    /// <summary>Asks again when it is time. To be called in every round.</summary>
    public void Refresh()
    {
        if (!_asking.IsCompleted || _time.GetElapsedTime(_asked) < Every) return;
        _asked = _time.GetTimestamp();
        _asking = Task.Run(Ask);
    }

    // A client must not be closed under a call.
    public void Dispose() => BoundedClose.After(_asking, _admin.Dispose);

    // The partitions come first: every broker answers for them.
    private async Task Ask()
    {
        try
        {
            var before = Latest;
            // To ask for a topic by its name may make it.
            var facts = _admin.GetMetadata(AnswerLimit).Topics
                .Where(topic => _topics.Contains(topic.Topic) && topic.Partitions.Count > 0)
                .ToDictionary(topic => topic.Topic, topic =>
                new TopicFacts(before?.GetValueOrDefault(topic.Topic)?.Id, topic.Partitions.Count));
            if (before is null || !TellsIds) Volatile.Write(ref _latest, facts);
            if (TellsIds) Volatile.Write(ref _latest, await WithIds(facts).ConfigureAwait(false));
            _first.TrySetResult();
        }
        catch (Exception failure) when (failure is KafkaException or ObjectDisposedException)
        {
            // The next answer will do.
        }
    }

    private bool TellsIds => _unanswered < MaxUnanswered;

    private async Task<IReadOnlyDictionary<string, TopicFacts>> WithIds(Dictionary<string, TopicFacts> facts)
    {
        if (facts.Count == 0) return facts;
        try
        {
            var answer = await _admin.DescribeTopicsAsync(TopicCollection.OfTopicNames(facts.Keys),
                new() { RequestTimeout = AnswerLimit }).ConfigureAwait(false);
            _unanswered = 0;
            return answer.TopicDescriptions.ToDictionary(topic => topic.Name, topic =>
                new TopicFacts(IdOf(topic.TopicId), topic.Partitions.Count));
        }
        catch (DescribeTopicsException)
        {
            // A topic was deleted just now.
            return facts;
        }
        catch (KafkaException unknown) when (unknown.Error.Code is ErrorCode.Local_UnsupportedFeature or ErrorCode.Local_TimedOut)
        {
            // The embedded broker never answers this question; a busy one may be late once.
            _unanswered = unknown.Error.Code == ErrorCode.Local_TimedOut ? _unanswered + 1 : MaxUnanswered;
            return facts;
        }
    }

    private static Guid? IdOf(Uuid? id)
    {
        if (id is null) return null;
        var (high, low) = ((long)id.MostSignificantBits, (long)id.LeastSignificantBits);
        if (high == 0 && low == 0) return null;
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(bytes, high);
        BinaryPrimitives.WriteInt64BigEndian(bytes[8..], low);
        return new Guid(bytes, bigEndian: true);
    }
}

/// <summary>A topic as the cluster describes it.</summary>
/// <param name="Id">Its id, which no other topic ever had; null while it is not known, or where the cluster gives no ids.</param>
/// <param name="Partitions">Number of its partitions.</param>
public sealed record TopicFacts(Guid? Id, int Partitions);
