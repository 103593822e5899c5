namespace LeptonStream.Backtest;

/// <summary>The weights of a hit, a false alarm and a miss (NAB, config/profiles.json).</summary>
/// <param name="Name">Its name in the benchmark.</param>
/// <param name="Key">Its name in JSON.</param>
/// <param name="TruePositive">Weight of a hit.</param>
/// <param name="FalsePositive">Weight of a false alarm's row.</param>
/// <param name="FalseNegative">Weight of a miss.</param>
internal sealed record NabProfile(string Name, string Key, double TruePositive, double FalsePositive, double FalseNegative)
{
    public static readonly NabProfile Standard = new("standard", "standard", 1, 0.11, 1);

    public static readonly NabProfile RewardLowFalsePositives = new("reward_low_FP_rate", "rewardLowFp", 1, 0.22, 1);

    public static readonly NabProfile RewardLowFalseNegatives = new("reward_low_FN_rate", "rewardLowFn", 1, 0.11, 2);

    public static readonly IReadOnlyList<NabProfile> All = [Standard, RewardLowFalsePositives, RewardLowFalseNegatives];
}
