namespace LeptonStream.Cli.Backtest;

/// <summary>What a hit, a false alarm and a miss are worth to somebody (NAB, config/profiles.json).</summary>
internal sealed record NabProfile(string Name, double TruePositive, double FalsePositive, double FalseNegative)
{
    public static readonly NabProfile Standard = new("standard", 1, 0.11, 1);

    public static readonly NabProfile RewardLowFalsePositives = new("reward_low_FP_rate", 1, 0.22, 1);

    public static readonly NabProfile RewardLowFalseNegatives = new("reward_low_FN_rate", 1, 0.11, 2);

    public static readonly IReadOnlyList<NabProfile> All = [Standard, RewardLowFalsePositives, RewardLowFalseNegatives];
}
