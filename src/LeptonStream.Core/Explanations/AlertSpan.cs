using LeptonStream.Samples;

namespace LeptonStream.Explanations;

/// <summary>When an alert began and ended, for the texts of its end.</summary>
/// <param name="Onset">Time at which it began.</param>
/// <param name="Closed">Time at which it was closed.</param>
/// <param name="NormalSince">Of a recovery, the time from which on it was normal; null where that is not known.</param>
/// <param name="LastSeen">Time of the last sample; null where that is not known.</param>
internal readonly record struct AlertSpan(Timestamp Onset, Timestamp Closed, Timestamp? NormalSince = null, Timestamp? LastSeen = null)
{
    /// <summary>For how long it lasted: until it was normal, or else until it was closed.</summary>
    public TimeSpan Length => (NormalSince ?? Closed) - Onset is var length && length > TimeSpan.Zero ? length : TimeSpan.Zero;

    /// <summary><c>Closed at 2026-11-20 05:03:00 UTC, 12 min after it began.</c></summary>
    public string InEnglish => $"Closed at {Numbers.Clock(Closed)}, {Durations.ExactInEnglish(Length)} after it began.";

    /// <summary>The same in Chinese.</summary>
    public string InChinese => $"于 {Numbers.Clock(Closed)} 关闭，共持续 {Durations.ExactInChinese(Length)}。";
}
