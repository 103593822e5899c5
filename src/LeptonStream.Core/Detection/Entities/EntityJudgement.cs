using LeptonStream.Detection.Lifecycle;

namespace LeptonStream.Detection.Entities;

/// <summary>The verdict on one row of an entity.</summary>
/// <param name="Score">How anomalous its metrics are together; 1.0 is the line of the warning budget.</param>
/// <param name="Change">What it changed about the alert of the entity.</param>
/// <param name="Agreeing">The places of the metrics that have their part in it, as bits; 0 where it is ordinary, or one metric's own
/// affair.</param>
/// <param name="Joint">The joint surprise, in decades beyond what was usual.</param>
/// <param name="Forest">What the forest would say alone, as a score.</param>
internal readonly record struct EntityJudgement(double Score, AlertChange Change, ulong Agreeing, double Joint, double Forest);
