using LeptonStream.Alerting;
using LeptonStream.Detection.Policies;
using LeptonStream.Series;

namespace LeptonStream.Backtest.Proposals;

/// <summary>What is proposed for one series.</summary>
/// <param name="Model">The model: the file's name.</param>
/// <param name="Metric">The metric.</param>
internal sealed record SeriesProposal(string Model, string Metric)
{
    /// <summary>Name and value of each setting, as a policy file writes them; none where the default is best.</summary>
    public IReadOnlyList<(string Name, string Value)> Lines { get; private init; } = [];

    private PolicySettings Settings { get; init; } = PolicySettings.None;

    /// <summary>The rule of the proposal.</summary>
    public PolicyRule Rule => new([Matching("model", Model), Matching("metric", Metric)], Settings);

    /// <summary>The proposal with one setting more.</summary>
    public SeriesProposal With(string name, (string Text, PolicySettings Settings) value) =>
        this with { Lines = [.. Lines, (name, value.Text)], Settings = value.Settings.Or(Settings) };

    /// <summary>No proposal.</summary>
    public SeriesProposal Dropped() => new(Model, Metric);

    private static Matcher Matching(string label, string value) => Matcher.Of(label, MatchOperator.Equal, value);
}
