using LeptonStream.Alerting;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Core.Tests.Alerting;

public sealed class GroupedAlertOrderTests
{
    [Test]
    public void Compare_MixedLabels_OrdersByJobInstanceCountLabels()
    {
        GroupedAlert[] ordered =
        [
            Alert(("job", "a"), ("instance", "10"), ("z", "z")),
            Alert(("job", "a"), ("instance", "2")),
            Alert(("job", "b")),
            Alert(("instance", "1")),
            Alert(("x", "1")),
            Alert(("b", "1"), ("x", "1")),
            Alert(("b", "1"), ("x", "2")),
            Alert(("a", "9"), ("x", "1")),
        ];

        Assert.That(ordered.Reverse().Order(GroupedAlertOrder.Instance), Is.EqualTo(ordered));
    }

    private static GroupedAlert Alert(params (string, string)[] labels) =>
        new() { AlertId = "1", Labels = LabelSet.Of(labels), Annotations = LabelSet.Empty, StartsAt = Timestamp.Zero };
}
