using LeptonStream.Health;
using LeptonStream.Kafka;
using Microsoft.Extensions.Options;

namespace LeptonStream.Detector;

internal sealed class DetectorHealth(TimeProvider time, IOptions<KafkaOptions> kafka) : IRoleHealth
{
    // No single step of a pass takes longer: publishing gives up after a third of the session time-out, committing after about one.
    private readonly TimeSpan _patience = TimeSpan.FromMilliseconds(3 * kafka.Value.SessionTimeoutMs);
    private long _lastPass = time.GetTimestamp();
    private string? _problem;
    private bool _joined;

    public string Role => "detector";

    /// <summary>One pass of the loop is done.</summary>
    public void Beat() => Volatile.Write(ref _lastPass, time.GetTimestamp());

    /// <summary>The job can't be done, and why.</summary>
    public void Suffer(string problem) => Volatile.Write(ref _problem, problem);

    /// <summary>The group has given this member its share, which may be nothing where there are more members than partitions.</summary>
    public void Joined(bool hasPartitions)
    {
        Volatile.Write(ref _joined, true);
        if (hasPartitions) Recover();
    }

    public void Recover() => Volatile.Write(ref _problem, null);

    public HealthReport Live()
    {
        var silence = time.GetElapsedTime(Volatile.Read(ref _lastPass));
        return silence < _patience ? HealthReport.Well("the loop runs") : HealthReport.Ill($"the loop has not come round for {silence.TotalSeconds:F0} s");
    }

    public HealthReport Ready() => (Volatile.Read(ref _problem), Volatile.Read(ref _joined)) switch
    {
        ({ } problem, _) => HealthReport.Ill(problem),
        (null, false) => HealthReport.Ill("not joined the group yet"),
        _ => HealthReport.Well("member of the group"),
    };
}
