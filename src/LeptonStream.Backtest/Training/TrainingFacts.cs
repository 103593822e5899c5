using LeptonStream.Samples;

namespace LeptonStream.Backtest.Training;

/// <summary>The facts known of a run beside its rows; the monitor gets none of them but the end, when it comes.</summary>
/// <param name="MedianStep">The usual duration of a step.</param>
/// <param name="Finished">Time at which it reported its completion; null where it never did.</param>
/// <param name="ReplayUntil">Time at which the replay ends.</param>
internal sealed record TrainingFacts(TimeSpan MedianStep, Timestamp? Finished, Timestamp ReplayUntil);
