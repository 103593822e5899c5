using Names = LeptonStream.Simulator.MetricNames;

namespace LeptonStream.Simulator;

/// <summary>
/// The faults of a story, one after the other with recovery between, in the second half; the last one goes on to the end. Their order and
/// sizes are fixed; the seed moves their onsets a little.
/// </summary>
internal sealed class FaultScript
{
    private readonly Fault?[] _byKind = new Fault?[Enum.GetValues<FaultKind>().Length];

    private FaultScript(IReadOnlyList<Fault> faults)
    {
        Faults = faults;
        foreach (var fault in faults) _byKind[(int)fault.Kind] = fault;
    }

    /// <summary>All faults, by onset.</summary>
    public IReadOnlyList<Fault> Faults { get; }

    /// <summary>Writes the script of a story.</summary>
    public static FaultScript For(Story story)
    {
        if (!story.WithFaults) return new([]);
        var plots = Plots();
        var slot = (story.Duration - story.Calm) / plots.Count;
        var noise = new Noise(story.Seed, "script");
        return new([.. plots.Select((plot, i) =>
        {
            // On the sampling grid, so that "samples of delay" counts from the first one touched.
            var onset = Grid(story.Calm + (slot * (i + 0.02 + (0.08 * noise.Uniform()))));
            // The last one goes on: somebody who looks around afterwards finds it open.
            var end = i == plots.Count - 1 ? story.Duration : Grid(onset + (slot * plot.Share));
            var settled = end + (slot * 0.2);
            if (settled > story.Duration) settled = story.Duration;
            return plot.Fault with { Onset = onset, End = end, Rise = slot * plot.RiseShare, Settled = settled };
        })]);

        TimeSpan Grid(TimeSpan time) => story.Interval * Math.Round(time / story.Interval);
    }

    /// <summary>The size of a fault at a time, 0 to 1.</summary>
    public double Intensity(FaultKind kind, in Moment now) => _byKind[(int)kind]?.IntensityAt(now.Elapsed) ?? 0;

    /// <summary>Whether a fault has ended less than this long ago.</summary>
    public bool JustEnded(FaultKind kind, in Moment now, TimeSpan since) =>
        _byKind[(int)kind] is { } fault && now.Elapsed >= fault.End && now.Elapsed - fault.End < since;

    /// <summary>The faults that are going on at a time.</summary>
    public Fault? ActiveAt(TimeSpan elapsed) => Faults.FirstOrDefault(f => elapsed >= f.Onset && elapsed < f.End);

    // Shares are parts of a slot: two hours in a story of two days.
    private static List<(Fault Fault, double Share, double RiseShare)> Plots() =>
    [
        (Plot(FaultKind.StragglerRank, "straggler-rank", "rank 5 computes 30 % slower, the job waits for it",
            [new(Names.Training, Names.StepTime, "rank", "5"), new(Names.Training, Names.TokensPerSecond), new(Names.Training, Names.Mfu)],
            [.. SlowJob, .. WaitingGpus]), 0.45, 0),
        (Plot(FaultKind.ErrorBurst, "error-burst", "4 % of chat requests fail",
            [new(Names.Chat, Names.ErrorRate)],
            [new(Names.Chat, Names.TokensOut)]), 0.12, 0),
        (Plot(FaultKind.NullFractionJump, "null-fraction-jump", "an upstream change empties user_id in 4 % of the clicks",
            [new(Names.Features, Names.NullFraction, "table", "clicks")], []), 0.35, 0),
        (Plot(FaultKind.LatencyRegression, "latency-regression", "the new version of the code model answers 35 % slower",
            [new(Names.Code, Names.InterTokenLatency), new(Names.Code, Names.TimeToFirstToken), new(Names.Code, Names.Running),
                new(Names.Code, Names.KvCacheUsage)],
            [new(Names.Code, Names.Waiting), new(Names.Code, Names.TokensOut)]), 0.5, 0),
        (Plot(FaultKind.EccStorm, "ecc-storm", "corrected memory errors pour in on GPU 6, XID 92",
            [new(Names.Pool, Names.EccSingleBit, "gpu", "6"), new(Names.Pool, Names.Xid, "gpu", "6")],
            []), 0.15, 0),
        (Plot(FaultKind.GradientExplosion, "gradient-explosion", "gradients grow twelvefold and the loss climbs",
            [new(Names.Training, Names.GradNorm), new(Names.Training, Names.Loss), new(Names.Training, Names.UpdateNorm)],
            []), 0.12, 0.02),
        (Plot(FaultKind.KvCacheLeak, "kv-cache-leak", "the chat engine does not give back cache blocks",
            [new(Names.Chat, Names.KvCacheUsage)],
            [new(Names.Chat, Names.TimeToFirstToken), new(Names.Chat, Names.Waiting)]), 0.6, 0.6),
        (Plot(FaultKind.ThermalThrottling, "thermal-throttling", "GPU 3 loses its cooling and lowers its clock",
            [new(Names.Pool, Names.Temperature, "gpu", "3"), new(Names.Pool, Names.SmClock, "gpu", "3"),
                new(Names.Pool, Names.Power, "gpu", "3")],
            [.. SlowJob, .. WaitingGpus]), 0.4, 0),
        (Plot(FaultKind.StalledEngine, "stalled-engine", "the code engine holds requests but emits no token",
            [new(Names.Code, Names.TokensOut), new(Names.Code, Names.Waiting), new(Names.Code, Names.Running),
                new(Names.Code, Names.ErrorRate)],
            [new(Names.Code, Names.TimeToFirstToken), new(Names.Code, Names.InterTokenLatency), new(Names.Code, Names.KvCacheUsage),
                new(Names.Code, Names.CanaryAccuracy)]), 0.12, 0),
        (Plot(FaultKind.AccuracyDrop, "accuracy-drop", "canary accuracy of the chat model falls from 0.94 to 0.86",
            [new(Names.Chat, Names.CanaryAccuracy)], []), 0.45, 0),
        (Plot(FaultKind.NanLoss, "nan-loss", "the loss is NaN until the job restarts from its checkpoint",
            [new(Names.Training, Names.Loss), new(Names.Training, Names.GradNorm), new(Names.Training, Names.UpdateNorm)],
            [.. SlowJob, new(Names.Training, Names.LearningRate), .. WaitingGpus]), 0.08, 0),
        (Plot(FaultKind.FrozenExporter, "frozen-exporter", "the chat exporter repeats its last values",
            [new(Names.Chat)], []), 1, 0),
    ];

    // The effects of a lagging rank on the job, and of the job on the GPUs that wait for it.
    private static Symptom[] SlowJob =>
        [new(Names.Training, Names.StepTime), new(Names.Training, Names.TokensPerSecond), new(Names.Training, Names.Mfu)];

    private static Symptom[] WaitingGpus =>
        [new(Names.Pool, Names.Utilization), new(Names.Pool, Names.Power), new(Names.Pool, Names.Temperature)];

    private static Fault Plot(FaultKind kind, string name, string title, Symptom[] symptoms, Symptom[] consequences) => new()
    {
        Kind = kind,
        Name = name,
        Title = title,
        Onset = TimeSpan.Zero,
        End = TimeSpan.Zero,
        Settled = TimeSpan.Zero,
        Symptoms = symptoms,
        Consequences = consequences,
    };
}
