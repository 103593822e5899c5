using LeptonStream.Series;

namespace LeptonStream.Simulator;

/// <summary>One fault of the story.</summary>
internal sealed record Fault
{
    public required FaultKind Kind { get; init; }

    /// <summary>Its name on the command line and in JSON.</summary>
    public required string Name { get; init; }

    /// <summary>A description for people.</summary>
    public required string Title { get; init; }

    /// <summary>Its beginning, counted from the story's start.</summary>
    public required TimeSpan Onset { get; init; }

    /// <summary>Its end, counted likewise.</summary>
    public required TimeSpan End { get; init; }

    /// <summary>The end of its traces: recovery, restarts, averages that come back.</summary>
    public required TimeSpan Settled { get; init; }

    /// <summary>Time to its full size.</summary>
    public TimeSpan Rise { get; init; }

    /// <summary>The series by which it can be found.</summary>
    public required IReadOnlyList<Symptom> Symptoms { get; init; }

    /// <summary>Series that plainly suffer with it: an alert there counts with the fault, it is neither a find nor false.</summary>
    public IReadOnlyList<Symptom> Consequences { get; init; } = [];

    /// <summary>Its size at a time: 0 before and after, rising to 1.</summary>
    public double IntensityAt(TimeSpan elapsed)
    {
        if (elapsed < Onset || elapsed >= End) return 0;
        return Rise <= TimeSpan.Zero ? 1 : Math.Min(1, (elapsed - Onset) / Rise);
    }

    /// <summary>Whether an alert on this series means that the fault was seen.</summary>
    public bool ShowsIn(string model, string metric, LabelSet labels) => Symptoms.Any(s => s.Matches(model, metric, labels));

    /// <summary>Whether this series may suffer from it at all.</summary>
    public bool Touches(string model, string metric, LabelSet labels) =>
        ShowsIn(model, metric, labels) || Consequences.Any(s => s.Matches(model, metric, labels));
}
