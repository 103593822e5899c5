using LeptonStream.Detection.Calibration;
using LeptonStream.Detection.Entities;
using LeptonStream.Samples;

namespace LeptonStream.Detection.Lifecycle;

/// <summary>One observation, as an alert takes it.</summary>
/// <param name="Score">The score; 1.0 is the line. While the alert is open: whether the trouble goes on.</param>
/// <param name="Time">Its event time.</param>
internal readonly record struct AlertSignal(double Score, Timestamp Time)
{
    /// <summary>The evidence that opens an alert, as a sum of scores; 0 opens at the first anomalous observation.</summary>
    public double Needed { get; init; }

    /// <summary>Whether it is critical whatever its score and the budget.</summary>
    public bool IsGrave { get; init; }

    /// <summary>
    /// Whether it is of a critical fault that ended lately: the same incident, which is critical again and asks no budget.
    /// </summary>
    public bool IsReturn { get; init; }

    /// <summary>Whether nothing is to open now: an alert opens in silence, and is published where it outlasts that.</summary>
    public bool IsMuted { get; init; }

    /// <summary>Whether an open alert changed again and is worth an event, though its worst score did not double.</summary>
    public bool IsFurtherChange { get; init; }

    /// <summary>Whether the observer has seen enough calm samples, however short their time.</summary>
    public bool HasRecovered { get; init; }

    /// <summary>Whether it is a finding that knows its odds: no chance of many series, so that no budget of warnings is asked.</summary>
    public bool IsFact { get; init; }

    /// <summary>The entity whose model's budgets are asked; null where none is.</summary>
    public EntityState? Entity { get; init; }

    /// <summary>The line of the score where that is not the plan's: of a metric that shares its entity's budget.</summary>
    public AlarmLine? Line { get; init; }

    /// <summary>The time after which a warning is accepted as the new level; null where it never is.</summary>
    public TimeSpan? AcceptAfter { get; init; }

    /// <summary>Whether broken readings opened it and have long been over, and it is accepted as a level, critical as it may be.</summary>
    public bool IsLevelSince { get; init; }
}
