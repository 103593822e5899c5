using LeptonStream.Samples;

namespace LeptonStream.Backtest.Training;

/// <summary>A fault that is known to have been in a run.</summary>
/// <param name="Kind">Kind of fault that was put into the run.</param>
/// <param name="Onset">The first row it touched; of a run that died, the first that is missing.</param>
/// <param name="End">The last row it touched; null where the run died of it.</param>
/// <param name="Metrics">The metrics that show it.</param>
/// <param name="Severity">Its severity: page, ticket or info.</param>
internal sealed record TrainingFault(string Kind, Timestamp Onset, Timestamp? End, IReadOnlyList<string> Metrics, string Severity)
{
    public const string Page = "page";
    public const string Ticket = "ticket";
    public const string Info = "info";
    private const int UsualGrace = 50;

    private readonly Promptness _promptness = Promptness.Of(Kind);

    /// <summary>Alarms after its end that still count, in steps.</summary>
    public int Grace => _promptness.Grace;

    /// <summary>Whether an alarm came in time.</summary>
    /// <param name="steps">Steps from the onset to it.</param>
    /// <param name="after">Time from the onset to it.</param>
    public bool IsPrompt(double steps, TimeSpan after) => steps <= _promptness.Steps && after <= _promptness.Time;

    // The time in which each kind should be reported; the others until they end.
    private readonly record struct Promptness(double Steps, TimeSpan Time, int Grace)
    {
        public static Promptness Of(string kind) => kind switch
        {
            "nan_overflow" => Within(5),
            "weight_perturbation" or "data_stall" => Within(30),
            "lr_spike" or "optimizer_reset" => Within(50),
            "vanishing_gradients" or "lr_zero" or "bit_flip" => Within(100),
            "eval_corruption" => Within(100) with { Grace = 100 },
            "repeated_batch" => Within(200),
            "label_noise" => Within(500),
            "straggler_drift" => Within(1000),
            "dead_run" => Within(double.PositiveInfinity) with { Time = TimeSpan.FromSeconds(45) },
            _ => Within(double.PositiveInfinity),
        };

        private static Promptness Within(double steps) => new(steps, TimeSpan.MaxValue, UsualGrace);
    }
}
