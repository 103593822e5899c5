namespace LeptonStream.Simulator;

/// <summary>
/// Events that happen in any fleet and must not alert: restarts of a minute for a deployment, a bump of traffic, checkpoints, evaluations.
/// </summary>
internal sealed class QuietEvents
{
    private static readonly TimeSpan Restart = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan CheckpointEvery = TimeSpan.FromHours(1);
    private static readonly TimeSpan CheckpointLasts = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan EvaluationEvery = TimeSpan.FromHours(4);
    private static readonly TimeSpan EvaluationLasts = TimeSpan.FromMinutes(3);
    private readonly List<(string What, string Model, TimeSpan From, TimeSpan To)> _events = [];

    public QuietEvents(Story story)
    {
        var slot = (story.Duration - story.Calm) / Enum.GetValues<FaultKind>().Length;
        foreach (var (model, share) in (ReadOnlySpan<(string, double)>)[(MetricNames.Chat, 0.13), (MetricNames.Code, 0.31),
            (MetricNames.Chat, 0.41)])
            Add("deployment", model, story.Duration * share, Restart);
        Add("traffic bump", MetricNames.Chat, story.Duration * 0.22, slot / 3);
        Add("traffic bump", MetricNames.Code, story.Duration * 0.36, slot / 3);

        // In the second half, away from the faults of the same model.
        Add("deployment", MetricNames.Chat, story.Calm + (slot * 2.85), Restart);
        Add("traffic bump", MetricNames.Chat, story.Calm + (slot * 3.5), slot / 3);
        Add("deployment", MetricNames.Code, story.Calm + (slot * 5.6), Restart);
        Add("traffic bump", MetricNames.Code, story.Calm + (slot * 9.4), slot / 3);
    }

    /// <summary>The share of the interval that ends now in which the engine was restarting for a deployment.</summary>
    public double DeploymentShare(string model, in Moment now) => Share("deployment", model, now);

    /// <summary>The share of the interval that ends now with more traffic than usual.</summary>
    public double BumpShare(string model, in Moment now) => Share("traffic bump", model, now);

    /// <summary>The share of the interval that ends now in which training stood still for a checkpoint.</summary>
    public static double CheckpointShare(in Moment now) => Periodic(now, CheckpointEvery, CheckpointLasts);

    /// <summary>The share of the interval that ends now in which the job evaluated instead of training.</summary>
    public static double EvaluationShare(in Moment now) => Periodic(now, EvaluationEvery, EvaluationLasts);

    /// <summary>The quiet event that goes on, or has just gone on, on a model, for the report of a false alert; null for nothing.</summary>
    public string? Near(string model, TimeSpan elapsed)
    {
        foreach (var (what, where, from, to) in _events)
            if (where == model && elapsed >= from && elapsed <= to + TimeSpan.FromMinutes(5)) return what;
        return null;
    }

    private void Add(string what, string model, TimeSpan from, TimeSpan lasts) => _events.Add((what, model, from, from + lasts));

    private double Share(string what, string model, in Moment now)
    {
        var share = 0.0;
        foreach (var quiet in _events)
            if (quiet.What == what && quiet.Model == model) share += Overlap(now, quiet.From, quiet.To);
        return share;
    }

    private static double Periodic(in Moment now, TimeSpan every, TimeSpan lasts)
    {
        // Two rounds: an interval may touch the end of the last one and the start of the next.
        var last = every * Math.Floor(now.Elapsed / every);
        var share = 0.0;
        foreach (var from in (ReadOnlySpan<TimeSpan>)[last - every, last])
            if (from > TimeSpan.Zero) share += Overlap(now, from, from + lasts);
        return share;
    }

    private static double Overlap(in Moment now, TimeSpan from, TimeSpan to)
    {
        var begin = now.Elapsed - now.Interval;
        var common = TimeSpan.FromTicks(Math.Min(now.Elapsed.Ticks, to.Ticks) - Math.Max(begin.Ticks, from.Ticks));
        return Math.Max(0, common / now.Interval);
    }
}
