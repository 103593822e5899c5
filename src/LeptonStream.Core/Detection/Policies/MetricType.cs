using LeptonStream.Detection.Cleaning;

namespace LeptonStream.Detection.Policies;

/// <summary>The type of a metric's numbers, which decides how they are judged.</summary>
public enum MetricType
{
    /// <summary>A state that goes up and down: judged as it is.</summary>
    Gauge = 0,

    /// <summary>A count that only grows: its rate per second is judged (<see cref="CounterRate"/>).</summary>
    Counter = 1,

    /// <summary>
    /// A code that stays until the next one, such as the last XID of a GPU: alerted when it changes, never judged as a number
    /// (<see cref="ErrorCodeTracker"/>).
    /// </summary>
    EventCode = 2,
}

/// <summary>How the type of a metric's numbers is known.</summary>
public enum TypeOrigin
{
    /// <summary>Neither a rule nor a preset says it: taken as a gauge, until it turns out to be a total.</summary>
    Undeclared = 0,

    /// <summary>A rule or a preset says it.</summary>
    Declared = 1,

    /// <summary>It only rose, and then began again near 0: taken as a counter.</summary>
    Found = 2,
}

/// <summary>The deviations that count.</summary>
public enum Direction
{
    /// <summary>Both.</summary>
    Both = 0,

    /// <summary>Only values above what was expected.</summary>
    Up = 1,

    /// <summary>Only values below what was expected.</summary>
    Down = 2,
}

/// <summary>The memory that a series may take.</summary>
public enum MemoryPlan
{
    /// <summary>All that the detectors want.</summary>
    Default = 0,

    /// <summary>Sharp detectors and a short chart only: for the many series that are watched just in case.</summary>
    Lean = 1,
}
