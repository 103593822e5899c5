using LeptonStream.Alerting;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Notifier.Journal;

/// <summary>Groups in the hands of one step of the pipeline, and how the store had them before it.</summary>
internal sealed record LoadedGroups(AlertGroups Groups, IReadOnlyDictionary<string, LoadedGroups.Original> Before)
{
    public static LoadedGroups Of(IEnumerable<GroupStore.GroupRow> rows, IEnumerable<GroupStore.MemberRow> members)
    {
        var groups = new AlertGroups();
        var before = new Dictionary<string, Original>();
        var membersOf = members.ToLookup(member => member.GroupId, member => member.Content);
        foreach (var row in rows)
        {
            var group = new AlertGroupState(
                row.RouteKey, row.Receiver, AlertingJson.Read<LabelSet>(row.GroupLabels), Timestamp.FromUnixMilliseconds(row.NextFlush))
            {
                Notified = AlertingJson.Read<Dictionary<string, NotificationLogEntry>>(row.Told),
            };
            foreach (var alert in membersOf[row.GroupId].Select(AlertingJson.Read<GroupedAlert>)) group.Alerts[alert.Fingerprint] = alert;
            groups.Add(group);
            before.Add(row.GroupId, new Original(row.Routing, group.NextFlush, new Dictionary<string, NotificationLogEntry>(group.Notified),
                new Dictionary<Fingerprint, GroupedAlert>(group.Alerts)));
        }

        return new LoadedGroups(groups, before);
    }

    public sealed record Original(string Routing, Timestamp NextFlush, IReadOnlyDictionary<string, NotificationLogEntry> Notified,
        IReadOnlyDictionary<Fingerprint, GroupedAlert> Members)
    {
        public bool IsLike(AlertGroupState group) => NextFlush == group.NextFlush && Notified.Count == group.Notified.Count
            && group.Notified.All(entry => ReferenceEquals(Notified.GetValueOrDefault(entry.Key), entry.Value));
    }
}
