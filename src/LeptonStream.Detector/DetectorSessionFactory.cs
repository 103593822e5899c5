using LeptonStream.Detection;
using LeptonStream.Detector.Policies;
using LeptonStream.Health;
using LeptonStream.Kafka;
using LeptonStream.Policies;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LeptonStream.Detector;

/// <summary>Begins sessions: each has clients and state of its own.</summary>
internal sealed class DetectorSessionFactory(
    IOptions<KafkaOptions> kafka,
    IOptions<DetectorOptions> options,
    BatchBounds bounds,
    TopicNames topics,
    DetectionPolicy policy,
    PolicySource policies,
    DetectorMetrics metrics,
    [FromKeyedServices(RoleNames.Detector)] LoopHealth health,
    TimeProvider time,
    ILogger<DetectorSession> logger)
{
    private readonly KnownTopics _known = new();

    public DetectorSession Join(TroubleLog troubles) =>
        new(kafka.Value, options.Value, bounds, topics, policy, policies.Current, metrics, health, troubles, _known, time, logger);
}
