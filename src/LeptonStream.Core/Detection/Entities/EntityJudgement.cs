using LeptonStream.Detection.Lifecycle;

namespace LeptonStream.Detection.Entities;

/// <summary>The verdict on one row of an entity.</summary>
/// <param name="Score">Score of its metrics together, at least 0; 1.0 is the line of the warning budget.</param>
/// <param name="Change">Change of the entity's alert by this row.</param>
/// <param name="Agreeing">The places of the metrics that have their part in it, as bits; 0 where it is ordinary, or one metric's own
/// affair.</param>
/// <param name="Joint">The joint surprise, in decades beyond what was usual.</param>
/// <param name="Forest">Score of the isolation forest alone, at least 0.</param>
internal readonly record struct EntityJudgement(double Score, AlertChange Change, ulong Agreeing, double Joint, double Forest);
