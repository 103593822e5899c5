using LeptonStream.Alerting;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Roles.Tests.Notifier.Templates;

/// <summary>The notification for which amtool renders templates.</summary>
internal static class AmtoolSample
{
    private static readonly Timestamp At = Timestamp.FromUnixMilliseconds(1_790_000_000_000);

    private static readonly LabelSet Labels = LabelSet.Of(
        ("commonlabelkey1", "commonlabelvalue1"), ("commonlabelkey2", "commonlabelvalue2"));

    private static readonly LabelSet Annotations = LabelSet.Of(
        ("commonannotationkey1", "commonannotationvalue1"), ("commonannotationkey2", "commonannotationvalue2"));

    public static readonly Notification Notification = new()
    {
        GroupId = "group",
        GroupKey = "{}",
        Receiver = "receiver",
        Channel = "kind/0",
        Reason = NotifyReason.FirstNotification,
        GroupLabels = LabelSet.Of(("grouplabelkey1", "grouplabelvalue1"), ("grouplabelkey2", "grouplabelvalue2")),
        RouteLabels = LabelSet.Empty,
        Alerts =
        [
            new GroupedAlert
            {
                AlertId = "a",
                Labels = Labels.With(("instance", "foo.bar:1234"), ("label1", "value1"), ("label2", "value2")),
                Annotations = Annotations.With(("annotation1", "value1"), ("annotation2", "value2")),
                StartsAt = At - TimeSpan.FromMinutes(5),
            },
            new GroupedAlert
            {
                AlertId = "b",
                Labels = Labels.With(("foo", "bar"), ("baz", "qux")),
                Annotations = Annotations.With(("aaa", "bbb"), ("ccc", "ddd")),
                StartsAt = At - TimeSpan.FromMinutes(10),
                EndsAt = At,
            },
        ],
        At = At,
    };
}
