using LeptonStream.Series;

namespace LeptonStream.Alerting.Muting;

/// <summary>
/// The alerts that fire and inhibit others, by some rules. Its owner keeps it up to date: an alert that is put in fires until it is taken
/// out.
/// </summary>
/// <param name="rules">The rules, whose order does not matter.</param>
public sealed class Inhibitor(IReadOnlyList<InhibitRule> rules)
{
    private readonly RuleSources[] _rules = [.. rules.Select(rule => new RuleSources(rule))];
    private readonly Dictionary<string, LabelSet> _sources = [];

    /// <summary>Whether there are rules; without any nothing is inhibited.</summary>
    public bool HasRules => _rules.Length > 0;

    /// <summary>The alerts that fire and are the source of a rule.</summary>
    public int Sources => _sources.Count;

    /// <summary>An alert fires, with these labels instead of those that it had.</summary>
    public void Put(string alertId, LabelSet labels)
    {
        Remove(alertId);
        var isSource = false;
        foreach (var rule in _rules) isSource |= rule.Put(alertId, labels);
        if (isSource) _sources[alertId] = labels;
    }

    /// <summary>An alert is over.</summary>
    public void Remove(string alertId)
    {
        if (!_sources.Remove(alertId, out var labels)) return;
        foreach (var rule in _rules) rule.Remove(alertId, labels);
    }

    /// <summary>
    /// The alert that inhibits another one, or null. Of several it is the one with the least id. No alert inhibits itself: one that became
    /// critical must not swallow its own end as a warning.
    /// </summary>
    /// <param name="alertId">The other one.</param>
    /// <param name="labels">Its labels.</param>
    public string? InhibitingOf(string alertId, LabelSet labels) =>
        _rules.Select(rule => rule.InhibitingOf(alertId, labels)).Where(source => source is not null).Min(StringComparer.Ordinal);

    private sealed class RuleSources(InhibitRule rule)
    {
        // By the values that must be equal; of each alert, whether it is a target, too.
        private readonly Dictionary<string, SortedDictionary<string, bool>> _byEqual = [];

        public bool Put(string alertId, LabelSet labels)
        {
            if (!rule.IsSource(labels)) return false;
            var equal = rule.EqualOf(labels);
            if (!_byEqual.TryGetValue(equal, out var alerts)) _byEqual[equal] = alerts = new(StringComparer.Ordinal);
            alerts[alertId] = rule.IsTarget(labels);
            return true;
        }

        public void Remove(string alertId, LabelSet labels)
        {
            var equal = rule.EqualOf(labels);
            if (!_byEqual.TryGetValue(equal, out var alerts)) return;
            alerts.Remove(alertId);
            if (alerts.Count == 0) _byEqual.Remove(equal);
        }

        public string? InhibitingOf(string alertId, LabelSet labels)
        {
            if (_byEqual.Count == 0 || !rule.IsTarget(labels)) return null;
            if (!_byEqual.TryGetValue(rule.EqualOf(labels), out var alerts)) return null;
            // Two alerts that match both sides would inhibit each other, and nobody would hear of either.
            var isSource = rule.IsSource(labels);
            return alerts.Where(source => source.Key != alertId && !(isSource && source.Value)).Select(source => source.Key)
                .FirstOrDefault();
        }
    }
}
