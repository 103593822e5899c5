using Confluent.Kafka;
using LeptonStream.Health;
using Microsoft.Extensions.Logging;

namespace LeptonStream.Kafka;

/// <summary>Whether a member can read its input topic, as the client's errors and the cluster's answers say.</summary>
/// <param name="topic">The topic to read.</param>
/// <param name="group">The consumer group.</param>
/// <param name="health">Learns what keeps the member from reading.</param>
/// <param name="logger">The role's log.</param>
internal sealed partial class InputHealth(string topic, string group, LoopHealth health, ILogger logger)
{
    private bool _isTopicMissing;
    private bool _isRefused;

    /// <summary>A record came: the broker allows reading.</summary>
    public void OnRecord()
    {
        if (!_isRefused) return;
        _isRefused = false;
        health.ClearProblem(Concern.Input);
    }

    /// <summary>The group has assigned partitions: there is the topic, and the group may read it.</summary>
    public void OnAssigned()
    {
        _isTopicMissing = _isRefused = false;
        health.ClearProblem(Concern.Input);
    }

    /// <summary>The cluster says that there is the topic, whether or not this member reads it.</summary>
    public void OnTopicSeen()
    {
        if (_isTopicMissing) health.ClearProblem(Concern.Input);
        _isTopicMissing = false;
    }

    /// <summary>
    /// The cluster says that there is no such topic. The client says so once at most, and to the group a topic that is gone is one without
    /// work.
    /// </summary>
    public void OnTopicGone()
    {
        if (_isTopicMissing) return;
        _isTopicMissing = true;
        Report(RoleProblem.Of(ProblemCode.TopicMissing, ("topic", topic)));
    }

    /// <summary>Reading failed with an error after which the client goes on.</summary>
    public void OnError(Error error)
    {
        switch (error.Code)
        {
            case ErrorCode.UnknownTopicOrPart:
                _isTopicMissing = true;
                Report(RoleProblem.Of(ProblemCode.TopicMissing, ("topic", topic)));
                break;
            case ErrorCode.TopicAuthorizationFailed or ErrorCode.GroupAuthorizationFailed:
                _isRefused = true;
                Report(RoleProblem.Of(ProblemCode.ReadingNotAllowed, ("topic", topic), ("group", group), ("detail", error.Reason)));
                break;
            default:
                Log.ConsumeFailed(logger, error.Code, error.Reason);
                break;
        }
    }

    private void Report(RoleProblem problem)
    {
        health.ReportProblem(Concern.Input, problem);
        Log.CannotConsume(logger, problem.Text);
    }

    private static partial class Log
    {
        [LoggerMessage(4010, LogLevel.Warning, "Reading failed: {Code}: {Reason}")]
        public static partial void ConsumeFailed(ILogger logger, ErrorCode code, string reason);

        [LoggerMessage(4011, LogLevel.Error, "Cannot consume: {Problem}")]
        public static partial void CannotConsume(ILogger logger, string problem);
    }
}
