namespace LeptonStream.Health;

/// <summary>The health of a role that is several loops: the role is as well as the worst of them.</summary>
/// <param name="role">The role's name.</param>
/// <param name="count">Number of loops.</param>
/// <param name="patience">Longest time that one iteration of a loop may take.</param>
/// <param name="time">The clock.</param>
public sealed class LoopsHealth(string role, int count, TimeSpan patience, TimeProvider time) : IRoleHealth
{
    public string Role => role;

    /// <summary>The health of each loop; the first is loop 1.</summary>
    public IReadOnlyList<LoopHealth> Loops { get; } =
        [.. Enumerable.Range(0, count).Select(_ => new LoopHealth(role, patience, time))];

    public HealthReport Live()
    {
        string[] hanging = Join(loop => loop.Live() is { IsHealthy: false } report ? [report.Detail] : []);
        return hanging.Length == 0 ? Loops[0].Live() : HealthReport.Unhealthy(string.Join("; ", hanging));
    }

    public HealthReport Ready() => LoopHealth.ReportOf(Join(loop => loop.Obstacles), Join(loop => loop.Remarks));

    private string[] Join(Func<LoopHealth, IEnumerable<string>> sentences) =>
        [.. LoopSentences.Join(Loops.SelectMany((loop, i) => sentences(loop).Select(sentence => ($"loop {i + 1}", sentence))), count)];
}
