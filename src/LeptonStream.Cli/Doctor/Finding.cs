namespace LeptonStream.Cli.Doctor;

/// <summary>One thing that was looked at.</summary>
/// <param name="Name">What.</param>
/// <param name="Value">What was found.</param>
/// <param name="Problem">What is wrong with it, in plain words; null where nothing is.</param>
internal sealed record Finding(string Name, string Value, string? Problem = null);
