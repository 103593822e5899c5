using LeptonStream.Detection.Policies;

namespace LeptonStream.Backtest.Proposals;

/// <summary>A setting of policies, and the values that are tried, the gentlest change first.</summary>
/// <param name="Name">The setting's name in a policy file.</param>
/// <param name="Values">The values, as a policy file writes them, with the settings that they are.</param>
internal sealed record PolicyDimension(string Name, IReadOnlyList<(string Text, PolicySettings Settings)> Values)
{
    /// <summary>Of series whose truth is known: a line may fall as well as rise.</summary>
    public static readonly IReadOnlyList<PolicyDimension> Labelled =
    [
        Budgets(3, 14, 1, 30, 90),
        new("direction", [("up", new() { Direction = Direction.Up }), ("down", new() { Direction = Direction.Down })]),
        Gates(0.1, 0.2, 0.5),
    ];

    /// <summary>Of series of which nobody knows what was wrong: there may be fewer alerts, and no direction is safe to leave out.</summary>
    public static readonly IReadOnlyList<PolicyDimension> Unlabelled = [Budgets(14, 30, 90), Gates(0.1, 0.2, 0.5)];

    private static PolicyDimension Budgets(params int[] days) => new("warning_budget",
        [.. days.Select(of => ($"{of}d", new PolicySettings { WarningBudget = TimeSpan.FromDays(of) }))]);

    private static PolicyDimension Gates(params double[] shares) => new("min_relative",
        [.. shares.Select(of => (FormattableString.Invariant($"{of}"), new PolicySettings { MinimumRelativeDeviation = of }))]);
}
