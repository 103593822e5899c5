using LeptonStream.Explanations;
using LeptonStream.Simulator;

namespace LeptonStream.Cli.Demo;

/// <summary>The results of the demo.</summary>
internal sealed record DemoResult
{
    // As many as the demo promises.
    private const int MayBeMissed = 2;
    private const int MayBeFalse = 3;

    public required IReadOnlyList<Verdict> Faults { get; init; }

    public required IReadOnlyList<FalseAlert> FalseAlerts { get; init; }

    /// <summary>Alerts that are plain consequences of a fault, or traces of one that is over.</summary>
    public required int Consequences { get; init; }

    /// <summary>Samples sent, each of which was read and judged.</summary>
    public required long Samples { get; init; }

    /// <summary>Different events on the alerts topic.</summary>
    public required int Events { get; init; }

    /// <summary>Events in the journal.</summary>
    public required int Journalled { get; init; }

    /// <summary>Records that could not be used.</summary>
    public required long DeadLetters { get; init; }

    /// <summary>Notifications that arrived at the webhook.</summary>
    public required int Notifications { get; init; }

    /// <summary>Notifications that the journal calls sent.</summary>
    public required int Sent { get; init; }

    /// <summary>Notifications that wait for their delivery, or were given up.</summary>
    public required int Unsent { get; init; }

    /// <summary>Time from the first sample sent to the last one judged.</summary>
    public required TimeSpan Telling { get; init; }

    /// <summary>Time from start to end.</summary>
    public required TimeSpan Elapsed { get; init; }

    public double SamplesPerSecond => Samples / Telling.TotalSeconds;

    public int Found => Faults.Count(f => f.Found);

    /// <summary>The faults of the run itself, for people; empty where it is sound.</summary>
    public IReadOnlyList<string> Problems =>
    [
        .. Found < Faults.Count - MayBeMissed
            ? [$"{Faults.Count - Found} of {Faults.Count} faults were missed, at most {MayBeMissed} may be"]
            : Array.Empty<string>(),
        .. FalseAlerts.Count > MayBeFalse
            ? [$"{EnglishCount.Of(FalseAlerts.Count, "false alert")}, at most {MayBeFalse} may be"]
            : Array.Empty<string>(),
        .. Journalled != Events
            ? [$"the alerts topic holds {EnglishCount.Of(Events, "event")} but the journal {Journalled}"]
            : Array.Empty<string>(),
        .. DeadLetters > 0 ? [$"{EnglishCount.Of(DeadLetters, "record")} went to the dead letters"] : Array.Empty<string>(),
        .. Unsent > 0 ? [$"{Unsent} notifications were not delivered"] : Array.Empty<string>(),
        .. Notifications < Sent ? [$"the journal says {Sent} notifications were sent but {Notifications} arrived"] : Array.Empty<string>(),
        .. Events > 0 && Notifications == 0 ? ["there were alerts but no notification arrived"] : Array.Empty<string>(),
    ];
}
