using System.Collections.Concurrent;

namespace LeptonStream.Health;

/// <summary>
/// The health of a role that is one loop: live while the loop completes its iterations, ready while nothing keeps it from its job.
/// </summary>
/// <param name="role">The role's name.</param>
/// <param name="patience">How long one iteration may take.</param>
/// <param name="time">The clock.</param>
public sealed class LoopHealth(string role, TimeSpan patience, TimeProvider time) : IRoleHealth
{
    private readonly ConcurrentDictionary<Concern, string> _problems = new([KeyValuePair.Create(Concern.Start, "starting")]);
    private long _lastIteration = time.GetTimestamp();

    public string Role => role;

    /// <summary>The loop has completed an iteration.</summary>
    public void Heartbeat() => Volatile.Write(ref _lastIteration, time.GetTimestamp());

    /// <summary>The role can't do its job, or not all of it.</summary>
    /// <param name="concern">The part that is disturbed; its last problem is replaced.</param>
    /// <param name="problem">The problem in plain words.</param>
    public void ReportProblem(Concern concern, string problem) => _problems[concern] = problem;

    /// <summary>A part of the role's work is undisturbed.</summary>
    public void ClearProblem(Concern concern) => _problems.TryRemove(concern, out _);

    /// <summary>Everything that is wrong now, one sentence each.</summary>
    public IReadOnlyList<string> Problems => [.. _problems.ToArray().OrderBy(problem => problem.Key).Select(problem => problem.Value)];

    public HealthReport Live()
    {
        var silence = time.GetElapsedTime(Volatile.Read(ref _lastIteration));
        return silence < patience
            ? HealthReport.Healthy("main loop is running")
            : HealthReport.Unhealthy($"main loop has not completed an iteration for {silence.TotalSeconds:F0} s");
    }

    public HealthReport Ready()
    {
        var problems = Problems;
        return problems.Count == 0 ? HealthReport.Healthy("ready") : HealthReport.Unhealthy(string.Join("; ", problems));
    }
}
