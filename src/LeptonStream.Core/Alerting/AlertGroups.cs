using System.Diagnostics.CodeAnalysis;

namespace LeptonStream.Alerting;

/// <summary>
/// The groups that one step of the pipeline works on: all of them, or just those that the step needs, loaded from a store.
/// <see cref="AlertPipeline.OnAlert"/> needs the groups that the alert is or will be in, and of their members only those with the alert's
/// id or fingerprint; <see cref="AlertPipeline.OnTick"/> needs the groups that are due, whole.
/// </summary>
public sealed class AlertGroups
{
    private readonly Dictionary<string, AlertGroupState> _byId = [];
    private readonly Dictionary<string, HashSet<(string GroupId, Fingerprint Fingerprint)>> _placesByAlert = [];

    /// <summary>Every group, in no order.</summary>
    public IReadOnlyCollection<AlertGroupState> All => _byId.Values;

    /// <summary>Adds a group with its members.</summary>
    /// <exception cref="ArgumentException">There is one with this id already.</exception>
    public void Add(AlertGroupState group)
    {
        ArgumentNullException.ThrowIfNull(group);
        _byId.Add(group.Id, group);
        foreach (var alert in group.Alerts.Values) Remember(group, alert);
    }

    /// <summary>Finds a group by its id.</summary>
    public bool TryGet(string id, [NotNullWhen(true)] out AlertGroupState? group) => _byId.TryGetValue(id, out group);

    /// <summary>The groups that hold an alert, under whichever labels.</summary>
    public IReadOnlyList<(AlertGroupState Group, GroupedAlert Alert)> Holding(string alertId) =>
        _placesByAlert.TryGetValue(alertId, out var places)
        ? [.. places.OrderBy(place => place.GroupId, StringComparer.Ordinal).Select(place =>
            (_byId[place.GroupId], _byId[place.GroupId].Alerts[place.Fingerprint]))]
        : [];

    /// <summary>Adds a member to a group, in the place of the one with the same fingerprint.</summary>
    internal void Put(AlertGroupState group, GroupedAlert alert)
    {
        if (group.Alerts.TryGetValue(alert.Fingerprint, out var old)) Remove(group, old);
        group.Alerts[alert.Fingerprint] = alert;
        Remember(group, alert);
    }

    /// <summary>Takes a member out of a group.</summary>
    internal void Remove(AlertGroupState group, GroupedAlert alert)
    {
        group.Alerts.Remove(alert.Fingerprint);
        var places = _placesByAlert[alert.AlertId];
        places.Remove((group.Id, alert.Fingerprint));
        if (places.Count == 0) _placesByAlert.Remove(alert.AlertId);
    }

    /// <summary>Drops a group that has no members.</summary>
    internal void Remove(AlertGroupState group) => _byId.Remove(group.Id);

    private void Remember(AlertGroupState group, GroupedAlert alert)
    {
        if (!_placesByAlert.TryGetValue(alert.AlertId, out var places)) _placesByAlert[alert.AlertId] = places = [];
        places.Add((group.Id, alert.Fingerprint));
    }
}
