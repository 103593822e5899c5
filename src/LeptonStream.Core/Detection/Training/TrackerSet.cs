using LeptonStream.Detection.Lifecycle;
using LeptonStream.State;

namespace LeptonStream.Detection.Training;

/// <summary>The alerts of a run: what makes them, and what is done with all of them together.</summary>
internal sealed class TrackerSet
{
    private readonly List<FindingTracker> _trackers = [];

    /// <summary>Makes the alert of one kind and role.</summary>
    public FindingTracker Add(TrainingKind kind, TrainingRole role, int resolveAfter = 30, int acceptAfter = 200)
    {
        var tracker = new FindingTracker(kind, role, resolveAfter, acceptAfter);
        _trackers.Add(tracker);
        return tracker;
    }

    /// <summary>Whether any of them is open.</summary>
    public bool HasOpen => _trackers.Exists(tracker => tracker.IsOpen);

    /// <summary>Closes what is open: the run is over, or another begins under its name.</summary>
    public void Close(FindingReport report)
    {
        foreach (var tracker in _trackers) tracker.Close(report, AlertChange.Accepted);
    }

    public void Save(StateWriter state)
    {
        foreach (var tracker in _trackers) tracker.Save(state);
    }

    public void Load(ref StateReader state)
    {
        foreach (var tracker in _trackers) tracker.Load(ref state);
    }
}
