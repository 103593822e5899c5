using LeptonStream.Alerts;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.State;

namespace LeptonStream.Detection.Training.Rules;

/// <summary>
/// One thing that can be wrong with a run. It scores a row before it learns it; 1.0 is the line. It owns its alerts, and saves and loads
/// everything it knows. Rules that build on others (is the loss high?) get those by their constructor and are judged after them.
/// </summary>
/// <param name="name">Its name, in kebab-case.</param>
internal abstract class TrainingRule(string name)
{
    private readonly List<FindingTracker> _alerts = [];

    public string Name => name;

    public IReadOnlyList<FindingTracker> Alerts => _alerts;

    /// <summary>Whether an alert of it is open.</summary>
    public bool HasOpen => _alerts.Exists(alert => alert.IsOpen);

    /// <summary>Judges a row that the phase has taken in, then learns it.</summary>
    /// <param name="row">The row; it is not kept.</param>
    /// <param name="phase">Phase of the run.</param>
    /// <param name="report">Takes the findings.</param>
    public abstract void Judge(TrainingRow row, RunPhase phase, FindingReport report);

    /// <summary>Judges what a later message of the same step adds: an evaluation often comes by itself.</summary>
    public virtual void JudgeRest(TrainingRow row, RunPhase phase, FindingReport report)
    {
    }

    /// <summary>Closes what is open: what it was measured against is no more.</summary>
    public void Close(FindingReport report, AlertChange reason)
    {
        foreach (var alert in _alerts) alert.Close(report, reason);
    }

    public void Save(StateWriter state)
    {
        foreach (var alert in _alerts) alert.Save(state);
        SaveState(state);
    }

    public void Load(ref StateReader state)
    {
        foreach (var alert in _alerts) alert.Load(ref state);
        LoadState(ref state);
    }

    /// <summary>Makes the alert of one kind and role; in the constructor only, for the order is that of the snapshot.</summary>
    protected FindingTracker Alert(TrainingKind kind, TrainingRole role, FindingTiming? timing = null)
    {
        var alert = new FindingTracker(kind, role, timing ?? FindingTiming.Default);
        _alerts.Add(alert);
        return alert;
    }

    /// <summary>Writes what the rule knows, but its alerts.</summary>
    protected abstract void SaveState(StateWriter state);

    /// <summary>Reads what <see cref="SaveState"/> wrote.</summary>
    protected abstract void LoadState(ref StateReader state);
}
