using LeptonStream.Detection;
using LeptonStream.Detector.Policies;
using LeptonStream.Kafka;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LeptonStream.Detector;

/// <summary>Begins sessions: each has clients and state of its own.</summary>
internal sealed class DetectorSessionFactory(
    IOptions<DetectorOptions> options,
    BatchBounds bounds,
    TopicNames topics,
    DetectionPolicy policy,
    PolicySource policies,
    DetectorMetrics metrics,
    TimeProvider time,
    ILogger<DetectorSession> logger)
{
    /// <summary>Joins the consumer group as a member of its own.</summary>
    public DetectorSession Join(DetectorLoop loop) =>
        new(loop, options.Value, bounds, topics, policy, policies.Current, metrics, time, loop.Mark(logger));
}
