using System.Globalization;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using LeptonStream.Health;
using Microsoft.Extensions.Logging;

namespace LeptonStream.Kafka;

/// <summary>
/// Whether the leaders of a member's partitions answer it. The client takes a leader that it can't reach for one that has nothing new: with
/// the end of the log as it was, nothing waits. So the leaders are asked for it in the background, each by itself.
/// </summary>
/// <param name="kafka">Address of Kafka and credentials. The questions have connections of their own, which may be closed later.</param>
/// <param name="topic">The topic that the member reads.</param>
/// <param name="health">Learns which partitions have no answer.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The role's log.</param>
internal sealed partial class PartitionContact(KafkaOptions kafka, string topic, LoopHealth health, TimeProvider time, ILogger logger)
    : IDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(5);

    // A partition whose leader dies has another one within this.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Lazy<IAdminClient> _admin = new(() => new AdminClientBuilder(ClientSettings.Admin(kafka)).LogTo(logger).Build());
    private readonly Dictionary<int, long> _ends = [];
    private readonly OnceAMinute _line = new(time);

    // Since when a partition has no answer: when the first of the questions in vain was asked.
    private readonly Dictionary<int, long> _since = [];
    private Task<Answer[]>? _question;
    private long _asked = time.GetTimestamp();
    private long _answered = time.GetTimestamp();
    private string _reason = "";

    /// <summary>The partitions of which nobody knows for a while whether records wait.</summary>
    public IReadOnlyList<int> Unanswered { get; private set; } = [];

    /// <summary>The end of a partition's log as its leader said last; −1 where it has said nothing.</summary>
    public long EndOf(int partition) => _ends.GetValueOrDefault(partition, -1);

    /// <summary>Asks when it is time, and takes what was answered. To be called in every round.</summary>
    /// <param name="owned">The partitions of the member.</param>
    /// <param name="isAlone">Whether no broker answers at all, which is said elsewhere.</param>
    public void Check(IReadOnlyCollection<TopicPartition> owned, bool isAlone)
    {
        if (_question is { IsCompleted: true } question)
        {
            _question = null;
            _answered = _asked;
            Take(question.GetAwaiter().GetResult(), owned);
        }

        if (_question is null && owned.Count > 0 && time.GetElapsedTime(_asked) >= Every)
        {
            _asked = time.GetTimestamp();
            TopicPartition[] asked = [.. owned];
            _question = Task.Run(() => Ask(asked));
        }

        Unanswered = [.. owned.Select(partition => partition.Partition.Value).Where(IsUnanswered).Order()];
        if (Unanswered.Count == 0 || isAlone) health.ClearProblem(Concern.Leaders);
        else Report(RoleProblem.Of(ProblemCode.LeadersAway, ("topic", topic),
            ("partitions", string.Join(", ", Unanswered.Select(partition => partition.ToString(CultureInfo.InvariantCulture))))));
    }

    // A client must not be closed under a call.
    public void Dispose() => BoundedClose.After(_question ?? Task.CompletedTask, () =>
    {
        if (_admin.IsValueCreated) _admin.Value.Dispose();
    });

    private void Take(Answer[] answers, IReadOnlyCollection<TopicPartition> owned)
    {
        foreach (var (partition, end, failure) in answers)
        {
            if (failure is null)
            {
                _ends[partition] = end;
                _since.Remove(partition);
            }
            else
            {
                _since.TryAdd(partition, _asked);
                _reason = failure.Words();
            }
        }

        foreach (var known in (Dictionary<int, long>[])[_since, _ends])
            foreach (var left in known.Keys.Except(owned.Select(partition => partition.Partition.Value)).ToList()) known.Remove(left);
    }

    // A process that stood still has not asked meanwhile: the last question in vain counts, and not the present time.
    private bool IsUnanswered(int partition) => _since.TryGetValue(partition, out var since)
        && time.GetElapsedTime(since, _answered) >= Patience;

    private async Task<Answer[]> Ask(TopicPartition[] partitions)
    {
        try
        {
            // A client that has once missed a broker does not look for it by itself.
            _admin.Value.GetMetadata(topic, AnswerLimit);
        }
        catch (KafkaException failed)
        {
            return [.. partitions.Select(partition => new Answer(partition.Partition.Value, -1, failed.Error))];
        }

        return await Task.WhenAll(partitions.Select(Ask)).ConfigureAwait(false);
    }

    private async Task<Answer> Ask(TopicPartition partition)
    {
        try
        {
            var answer = await _admin.Value.ListOffsetsAsync(
                [new() { TopicPartition = partition, OffsetSpec = OffsetSpec.Latest() }], new() { RequestTimeout = AnswerLimit })
                .ConfigureAwait(false);
            return new(partition.Partition.Value, answer.ResultInfos.Single().TopicPartitionOffsetError.Offset.Value, null);
        }
        catch (ListOffsetsException refused)
        {
            var found = refused.Result.ResultInfos.FirstOrDefault()?.TopicPartitionOffsetError.Error;
            return new(partition.Partition.Value, -1, found ?? refused.Error);
        }
        catch (KafkaException failed)
        {
            return new(partition.Partition.Value, -1, failed.Error);
        }
    }

    private void Report(RoleProblem problem)
    {
        health.ReportProblem(Concern.Leaders, problem);
        if (_line.IsDue()) Log.Unanswered(logger, problem.Text, _reason);
    }

    private readonly record struct Answer(int Partition, long End, Error? Failure);

    private static partial class Log
    {
        [LoggerMessage(4025, LogLevel.Error, "Partitions without an answer: {Problem} ({Reason})")]
        public static partial void Unanswered(ILogger logger, string problem, string reason);
    }
}
