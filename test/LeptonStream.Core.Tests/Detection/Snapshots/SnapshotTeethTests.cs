using System.Collections;
using System.Reflection;
using LeptonStream.Detection;

namespace LeptonStream.Core.Tests.Detection.Snapshots;

/// <summary>
/// The cuts would notice a part that a snapshot leaves out: each of these, left as it is in a fresh partition, changes what is told later.
/// </summary>
public sealed class SnapshotTeethTests
{
    private const int Acts = 1500;

    private static readonly PartitionStory Story = new(1, Acts);
    private static readonly Lazy<(string[] Events, Dictionary<int, byte[]> Saved)> Whole = new(Play);

    [TestCase("_open._series", TestName = "Load_WithoutTheListOfOpenAlerts_IsSeen")]
    [TestCase("_queue._waiting", TestName = "Load_WithoutEventsThatWait_IsSeen")]
    [TestCase("_series._entities._runs", TestName = "Load_WithoutTheListOfRuns_IsSeen")]
    [TestCase("_series._series._optional.Limit", TestName = "Load_WithoutLimits_IsSeen")]
    [TestCase("_series._series._rare.OpenedBy", TestName = "Load_WithoutWhoOpenedAlerts_IsSeen")]
    [TestCase("_series._series._rare.Baseline", TestName = "Load_WithoutBaselines_IsSeen")]
    [TestCase("_drift._watches._reference", TestName = "Load_WithoutReferencesOfDrift_IsSeen")]
    [TestCase("_series._series.Heard", TestName = "Load_WithoutWhenSeriesWereHeard_IsSeen")]
    [TestCase("_series._series._place", TestName = "Load_WithoutPlaces_IsSeen")]
    [TestCase("_series._entities._entities._memory", TestName = "Load_WithoutWhatEntitiesLearned_IsSeen")]
    public void Load_WithoutAPart_IsSeen(string path)
    {
        foreach (var (at, bytes) in Whole.Value.Saved)
        {
            var copy = Story.New(at);
            SnapshotBytes.Load(bytes, copy);
            Reset(copy, path.Split('.'), 0);
            try
            {
                for (var i = at; i < Acts; i++)
                    if (Story.Play(copy, i) != Whole.Value.Events[i]) return;
            }
            catch (NullReferenceException)
            {
                return;
            }
        }

        Assert.Fail("nothing that is told depends on it");
    }

    private static (string[] Events, Dictionary<int, byte[]> Saved) Play()
    {
        var (events, saved) = (new string[Acts], new Dictionary<int, byte[]>());
        var pipeline = Story.New();
        for (var i = 0; i < Acts; i++)
        {
            if (i > 300 && i % 40 == 0) saved[i] = SnapshotBytes.Of(pipeline).Bytes.ToArray();
            events[i] = Story.Play(pipeline, i);
        }

        return (events, saved);
    }

    private static void Reset(object here, string[] path, int at)
    {
        var field = FieldOf(here.GetType(), path[at]);
        var value = field.GetValue(here);
        if (at < path.Length - 1)
        {
            if (value is IDictionary map) foreach (var one in map.Values) Reset(one, path, at + 1);
            else if (value is not null) Reset(value, path, at + 1);
            return;
        }

        if (value is IList list) list.Clear();
        else if (value is Queue<LeptonStream.Alerts.AlertEvent> queue) queue.Clear();
        else field.SetValue(here, Fresh(path[at], field.FieldType));
    }

    private static object? Fresh(string name, Type type) =>
        name is "_place" ? (sbyte)-1
        : type == typeof(LeptonStream.Samples.Timestamp) ? LeptonStream.Samples.Timestamp.Never
        : type.IsValueType ? Activator.CreateInstance(type) : null;

    private static FieldInfo FieldOf(Type type, string name) =>
        type.GetField(name, BindingFlags.Instance | BindingFlags.NonPublic)
            ?? type.GetField($"<{name}>k__BackingField", BindingFlags.Instance | BindingFlags.NonPublic)!;
}
