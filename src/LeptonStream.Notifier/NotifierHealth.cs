using LeptonStream.Health;

namespace LeptonStream.Notifier;

internal sealed class NotifierHealth(TimeProvider time) : IRoleHealth
{
    // The loop comes round several times a second; its longest single wait is for a broker or a database that does not answer.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private long _lastPass = time.GetTimestamp();
    private string? _problem = "starting";

    public string Role => "notifier";

    /// <summary>One pass of the loop is done.</summary>
    public void Beat() => Volatile.Write(ref _lastPass, time.GetTimestamp());

    /// <summary>The job can't be done, and why.</summary>
    public void Suffer(string problem) => Volatile.Write(ref _problem, problem);

    public void Recover() => Volatile.Write(ref _problem, null);

    public HealthReport Live()
    {
        var silence = time.GetElapsedTime(Volatile.Read(ref _lastPass));
        return silence < Patience ? HealthReport.Well("the loop runs") : HealthReport.Ill($"the loop has not come round for {silence.TotalSeconds:F0} s");
    }

    public HealthReport Ready() => Volatile.Read(ref _problem) is { } problem ? HealthReport.Ill(problem) : HealthReport.Well("reads, records and tells");
}
