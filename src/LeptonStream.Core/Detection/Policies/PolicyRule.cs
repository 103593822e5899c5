using LeptonStream.Alerting;
using LeptonStream.Series;

namespace LeptonStream.Detection.Policies;

/// <summary>Settings for the series that fulfil all matchers; without any matcher, for every series.</summary>
/// <param name="Matchers">Conditions on the labels of the series and on <c>model</c>, <c>metric</c> and <c>canonical</c> (the preset's name
/// for the metric).</param>
/// <param name="Settings">Settings of the series that match.</param>
public sealed record PolicyRule(IReadOnlyList<Matcher> Matchers, PolicySettings Settings);
