using System.Collections.Concurrent;

namespace LeptonStream.Health;

/// <summary>
/// The health of a role that is one loop: live while the loop completes its iterations, ready while nothing keeps it from its job.
/// </summary>
/// <param name="role">The role's name.</param>
/// <param name="patience">Longest time that one iteration may take.</param>
/// <param name="time">The clock.</param>
public sealed class LoopHealth(string role, TimeSpan patience, TimeProvider time) : IRoleHealth
{
    private readonly ConcurrentDictionary<Concern, RoleProblem> _problems =
        new([KeyValuePair.Create(Concern.Start, RoleProblem.Of(ProblemCode.Starting))]);
    private readonly ConcurrentDictionary<Concern, RoleProblem> _degradations = [];
    private string? _note;
    private long _lastIteration = time.GetTimestamp();

    public string Role => role;

    /// <summary>The loop has completed an iteration.</summary>
    public void Heartbeat() => Volatile.Write(ref _lastIteration, time.GetTimestamp());

    /// <summary>The role can't do its job, or not all of it.</summary>
    /// <param name="concern">The part that is disturbed; its last problem is replaced.</param>
    /// <param name="problem">The problem.</param>
    public void ReportProblem(Concern concern, RoleProblem problem) => _problems[concern] = problem;

    /// <summary>The role can't do its job, for a reason that others gave.</summary>
    /// <inheritdoc cref="ReportProblem(Concern, RoleProblem)"/>
    public void ReportProblem(Concern concern, string problem) => ReportProblem(concern, ProblemOf(concern, problem));

    /// <summary>A part of the role's work is undisturbed.</summary>
    public void ClearProblem(Concern concern) => _problems.TryRemove(concern, out _);

    /// <summary>
    /// The role does its job, though not by its newest settings, and somebody must do something about it; or that is over.
    /// </summary>
    /// <param name="concern">The part that is concerned; its last words are replaced.</param>
    /// <param name="words">The trouble in plain words; null once it is over.</param>
    public void SetDegraded(Concern concern, string? words) =>
        SetDegradation(concern, words is null ? null : ProblemOf(concern, words));

    /// <summary>As above, for a problem that has a sentence of its own.</summary>
    /// <param name="concern">The part that is concerned; its last problem is replaced.</param>
    /// <param name="problem">The problem; null once it is over.</param>
    public void SetDegradation(Concern concern, RoleProblem? problem)
    {
        if (problem is null) _degradations.TryRemove(concern, out _);
        else _degradations[concern] = problem;
    }

    /// <summary>Says here and in the log that the newest settings are refused; or that this is over.</summary>
    /// <param name="troubles">The log.</param>
    /// <param name="name">The condition's name there; never logged.</param>
    /// <param name="refusal">Reason of the refusal in plain words; null where they are in force.</param>
    public void SetRefusal(TroubleLog troubles, string name, string? refusal)
    {
        ArgumentNullException.ThrowIfNull(troubles);
        troubles.Set(name, refusal);
        SetDegraded(Concern.Settings, refusal);
    }

    /// <summary>Sets words on a state that is no trouble, such as a member on standby; null for none.</summary>
    public void SetNote(string? words) => Volatile.Write(ref _note, words);

    /// <summary>Everything that is wrong now, one sentence each, whether or not it keeps the role from its job.</summary>
    public IReadOnlyList<RoleProblem> Problems => [.. Of(_problems), .. Of(_degradations)];

    public HealthReport Live()
    {
        var silence = time.GetElapsedTime(Volatile.Read(ref _lastIteration));
        return silence < patience
            ? HealthReport.Healthy("main loop is running")
            : HealthReport.Unhealthy($"main loop has not completed an iteration for {silence.TotalSeconds:F0} s");
    }

    public HealthReport Ready() => ReportOf(Obstacles, Remarks);

    /// <summary>The sentences of everything that keeps the loop from its job.</summary>
    internal IReadOnlyList<string> Obstacles => [.. Of(_problems).Select(problem => problem.ToString())];

    /// <summary>The sentences of a loop that does its job, and of whose state something should be known all the same.</summary>
    internal IReadOnlyList<string> Remarks
    {
        get
        {
            var degradations = Of(_degradations).Select(problem => $"degraded: {problem}");
            return Volatile.Read(ref _note) is { } note ? [note, .. degradations] : [.. degradations];
        }
    }

    internal static HealthReport ReportOf(IReadOnlyCollection<string> obstacles, IReadOnlyCollection<string> remarks) =>
        obstacles.Count > 0
            ? HealthReport.Unhealthy(string.Join("; ", obstacles))
            : HealthReport.Healthy(string.Join("; ", remarks.Prepend("ready")));

    private static RoleProblem ProblemOf(Concern concern, string words) => concern switch
    {
        Concern.Round => RoleProblem.Of(ProblemCode.RoundFailed, ("detail", words)),
        Concern.Settings => RoleProblem.Of(ProblemCode.SettingsRefused, ("detail", words)),
        _ => RoleProblem.Plain(words),
    };

    private static IEnumerable<RoleProblem> Of(ConcurrentDictionary<Concern, RoleProblem> problems) =>
        problems.ToArray().OrderBy(problem => problem.Key).Select(problem => problem.Value);
}
