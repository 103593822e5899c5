using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Alerting;

/// <summary>A group in which an alert belongs, whether there is one yet or not.</summary>
public sealed class GroupTarget
{
    private readonly LabelSet _groupLabels;

    /// <summary>Names the group of a route for alerts that share these labels.</summary>
    /// <param name="route">The route that the alert takes.</param>
    /// <param name="groupLabels">The labels of the group, as <see cref="Route.GroupLabelsOf"/> picks them.</param>
    public GroupTarget(Route route, LabelSet groupLabels)
    {
        ArgumentNullException.ThrowIfNull(route);
        Route = route;
        _groupLabels = groupLabels;
        GroupId = GroupKey.IdOf(GroupKey.Of(route.Key, groupLabels), route.Receiver.Name);
    }

    /// <summary>The route that leads there.</summary>
    public Route Route { get; }

    /// <summary>The group's identity in the store, as <see cref="AlertGroupState.Id"/>.</summary>
    public string GroupId { get; }

    /// <summary>The groups to which the escalation of an alert with these labels may lead.</summary>
    /// <param name="labels">The alert's labels.</param>
    public IEnumerable<GroupTarget> Escalations(LabelSet labels) =>
        Route.Escalation.SelectMany(step => step.Routes).Select(route => new GroupTarget(route, route.GroupLabelsOf(labels)));

    /// <summary>Makes the group, still without members.</summary>
    /// <param name="nextFlush">Time of its first flush.</param>
    public AlertGroupState NewGroup(Timestamp nextFlush) => new(Route.Key, Route.Receiver.Name, _groupLabels, nextFlush);
}
