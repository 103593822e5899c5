using LeptonStream.Series;

namespace LeptonStream.Alerting.Muting;

/// <summary>Alerts that need not be sent while another one fires, whose cause or consequence they are.</summary>
public sealed record InhibitRule
{
    /// <summary>The conditions on the alert that fires; all must hold.</summary>
    public required IReadOnlyList<Matcher> Source { get; init; }

    /// <summary>The conditions on the alert that is not sent; all must hold.</summary>
    public required IReadOnlyList<Matcher> Target { get; init; }

    /// <summary>The labels that must be equal in both; one that is missing in both counts as equal.</summary>
    public IReadOnlyList<string> Equal { get; init; } = [];

    /// <summary>Whether an alert with these labels inhibits others by this rule.</summary>
    public bool IsSource(LabelSet labels) => Source.All(matcher => matcher.Accepts(labels));

    /// <summary>Whether an alert with these labels may be inhibited by this rule.</summary>
    public bool IsTarget(LabelSet labels) => Target.All(matcher => matcher.Accepts(labels));

    /// <summary>The values of <see cref="Equal"/>, as one text that is equal where they are.</summary>
    internal string EqualOf(LabelSet labels) =>
        string.Concat(Equal.Select(name => labels[name] ?? "").Select(value => $"{value.Length}:{value}"));
}
