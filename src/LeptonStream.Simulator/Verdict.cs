namespace LeptonStream.Simulator;

/// <summary>Whether a fault was found: by the first alert that opened on one of its symptoms while it went on.</summary>
/// <param name="Fault">The fault.</param>
/// <param name="DelaySamples">Samples from its onset to that alert, or null where it was missed.</param>
/// <param name="Delay">The same as simulated time.</param>
/// <param name="Detector">The detector that spoke the loudest.</param>
/// <param name="Series">The series it spoke of.</param>
internal sealed record Verdict(Fault Fault, int? DelaySamples, TimeSpan? Delay, string? Detector, string? Series)
{
    public bool Found => DelaySamples is not null;
}

/// <summary>An alert where nothing was wrong.</summary>
/// <param name="Elapsed">Time of its opening, counted from the story's start.</param>
/// <param name="Series">The series.</param>
/// <param name="Detector">The detector that spoke the loudest.</param>
/// <param name="Score">Its score.</param>
/// <param name="Near">The harmless event that may have misled it, or null.</param>
internal sealed record FalseAlert(TimeSpan Elapsed, string Series, string Detector, double Score, string? Near);
