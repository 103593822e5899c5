namespace LeptonStream.Cli.Doctor;

/// <summary>One thing that was looked at.</summary>
/// <param name="Name">The part or setting that was looked at.</param>
/// <param name="Value">Its state, for people.</param>
/// <param name="Problem">The problem in plain words; null where there is none.</param>
/// <param name="IsMissing">Whether there is nothing yet to look at: no problem, and not well either.</param>
/// <param name="Advice">Something that an operator should know or do although all works; null where there is nothing.</param>
internal sealed record Finding(string Name, string Value, string? Problem = null, bool IsMissing = false, string? Advice = null);
