using System.Collections;
using System.Reflection;
using LeptonStream.Alerts;
using LeptonStream.Detection;
using LeptonStream.Detection.Gaps;
using LeptonStream.Samples;

namespace LeptonStream.Core.Tests.Detection.Snapshots;

/// <summary>
/// Every field that a partition changes is in its snapshot: each is changed in a partition that has seen everything, and the snapshot must
/// change with it. Fields that need not be in it are named here, with the reason.
/// </summary>
public sealed class SnapshotFieldsTests
{
    // A field is tried on so many objects at most: of some objects a field decides nothing, such as the alert of a run that is over.
    private const int Tries = 300;

    private static readonly Dictionary<string, string> Derived = new()
    {
        ["PartitionPipeline._refusals"] = "metric",
        ["PartitionPipeline.LabelsLeftOut"] = "metric",
        ["PartitionPipeline.TimesSetBack"] = "metric",
        ["PartitionPipeline._last.Topic"] = "always the same",
        ["PartitionPipeline._last.Partition"] = "always the same",
        ["NonFiniteRule._alerts"] = "those of the rule",
        ["GradientRule.Excess"] = "of the row at hand: each row sets it first",
        ["EventQueue._kept"] = "within a record",
        ["PartitionPipeline._entity"] = "within a record",
        ["PartitionPipeline._version"] = "within a record",
        ["PartitionPipeline._asked"] = "a guess, which its id confirms",
        ["SeriesState.Follower"] = "a guess, which its id confirms",
        ["EntityState.IsJudged"] = "found again by its row and the policy",
        ["PartitionPipeline._cuts"] = "of the snapshot under way",
        ["SeriesRegistry.Cut"] = "the snapshot under way",
        ["SeriesState.Cut"] = "of the snapshot under way",
        ["DriftWatch.Cut"] = "of the snapshot under way",
        ["VersionWatch.Cut"] = "of the snapshot under way",
        ["VersionHistory._next"] = "within a message",
        ["VersionHistory.Block"] = "within a message",
        ["VersionHistory._utf8"] = "the bytes of its name",
        ["DriftRegistry.Bytes"] = "the sum of those of its references",
        ["EntityState.Cut"] = "of the snapshot under way",
        ["PartitionPipeline.Observer"] = "who listens",
        ["PartitionPipeline.RunObserver"] = "who listens",
        ["PartitionPipeline.EntityObserver"] = "who listens",
        ["PolicyPipelines._pipelines"] = "found again by the policies of series",
        ["PolicyPipelines._layouts"] = "found again by the policies of series",
        ["SeriesRegistry.Policies"] = "their fingerprint is saved; whoever loads gives the same",
        ["SeriesRegistry._bytes"] = "the sum of those of the series",
        ["SeriesRegistry.Forgotten"] = "metric",
        ["VersionRegistry.LeftOut"] = "metric",
        ["NamePool._names"] = "equal strings, kept once",
        ["SilenceQueue._queue"] = "the order of SeriesState.SilenceDue and Number",
        ["EntityRegistry._pipelines"] = "found again by the policies",
        ["EntityRegistry._policies"] = "their fingerprint is saved; whoever loads gives the same",
        ["EntityRegistry._bytes"] = "found again by the keys",
        ["EntityState.Pipeline"] = "always that of the policies",
        ["EntityState.SeriesCount"] = "counted again",
        ["ModelState.Series"] = "counted again",
        ["EntityState.IsForgotten"] = "the kind of its block",
        ["SeriesState.IsForgotten"] = "the kind of its block",
        ["SeriesState.Engine"] = "found again by the policy",
        ["SeriesState.Role"] = "found again by name and policy",
        ["SeriesState.IntervalDecades"] = "the logarithm of the interval",
        ["AlertLifecycle._plan"] = "that of the policy",
        ["EventQueue._made"] = "within a record",
        ["EventQueue._madeBytes"] = "within a record",
        ["EventQueue._waitingBytes"] = "found again by the events",
        ["EventQueue.Dropped"] = "metric",
        ["OpenAlerts._ended"] = "within a record",
        ["RunJudge._entity"] = "within a message",
        ["PeerGroup._sorted"] = "within a comparison",
        ["PeerGroup._members"] = "the places of the series",
        ["StreamingForest._expected"] = "measured again on the trees",
    };

    // Written, but empty in the partitions that are looked at.
    private static readonly Dictionary<string, string> Empty = new()
    {
        ["SeriesState.Counter"] = "no series turns out to be a total: its policy says so then",
        ["EntityMemory.Baselines"] = "no entity has an open alert",
        ["KnownJointFault._parts"] = "no entity is a day old; JointReturnTests have one",
        ["KnownJointFault._before"] = "no entity is a day old; JointReturnTests have one",
        ["KnownJointFault._alike"] = "no entity is a day old; JointReturnTests have one",
        ["RareState.Fault"] = "no series is a day old; ReturnTests have one",
        ["OpenAlerts._entities"] = "no entity has an open alert",
        ["OpenAlerts._ending"] = "no producer ends a series with an open alert; EndedSeriesTests do",
        ["EventQueue._waiting"] = "no event waits at the end; SnapshotTeethTests leave those out that do before",
        ["VersionWatch._open"] = "no version is worse; UpdateSnapshotTests have one",
        ["VersionWatch._pairs"] = "no comparison has an end; UpdateSnapshotTests have some",
        ["StepBlocks._ends"] = "no run is old enough for a whole block",
        ["StepBlocks._medians"] = "no run is old enough for a whole block",
    };

    // What is not looked into.
    private static readonly Dictionary<string, string> Closed = new()
    {
        ["SampleBatch"] = "the record at hand",
        ["NativeJsonFormat"] = "the record at hand",
        ["TrainingRow"] = "the row at hand",
        ["FindingReport"] = "the row at hand",
        ["TreeBuilder"] = "the tree at hand",
        ["SeriesPipeline"] = "a policy's plan, and the sample at hand",
        ["EntityPipeline"] = "a policy's plan, and the row at hand",
        ["PolicySet"] = "settings",
        ["AlertEvent"] = "immutable",
        ["StateGap"] = "immutable",
        ["SeriesKey"] = "immutable",
        ["JudgedSampleObserver"] = "who listens",
        ["JudgedRowObserver"] = "who listens",
        ["PeerMembership"] = "its places are those of its members",
    };

    private readonly Dictionary<string, int> _tried = [];
    private readonly HashSet<string> _saved = [];
    private readonly HashSet<object> _seen = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<Type> _types = [];
    private readonly SnapshotBytes _snapshot = new();
    private PartitionPipeline _pipeline = null!;
    private UInt128 _before;

    [Test]
    public void Save_AFieldThatChanges_WritesItOrSaysWhyNot()
    {
        foreach (var (seed, acts) in ((int, int)[])[(5, 1500), (6, 1300), (2, 700)])
        {
            var story = new PartitionStory(seed, acts);
            _pipeline = story.New();
            for (var i = 0; i < story.Count; i++) story.Play(_pipeline, i);
            _pipeline.Tell(new(StateGapCause.NoSnapshot, 1, 1, Timestamp.Zero, "no snapshot"), [], []);
            _snapshot.Save(_pipeline);
            _before = _snapshot.Hash;
            Walk(_pipeline);
        }

        var all = _types.SelectMany(MutableFields).Select(NameOf).ToHashSet();
        string[] silent =
            [.. _tried.Keys.Where(path => !_saved.Contains(path) && !Derived.ContainsKey(path) && !Empty.ContainsKey(path)).Order()];
        string[] unseen =
            [.. all.Where(name => !Derived.ContainsKey(name) && !Empty.ContainsKey(name) && !_saved.Any(path => IsOf(path, name))).Order()];
        TestContext.Out.WriteLine(
            $"{_saved.Count} fields; not saved: {string.Join(", ", silent)}; not changed: {string.Join(", ", unseen)}");
        using var scope = Assert.EnterMultipleScope();
        Assert.That(silent, Is.Empty, "change, and the snapshot does not");
        Assert.That(unseen, Is.Empty, "are never changed here: let the story do so");
        string[] known = [.. _types.SelectMany(Fields).Select(NameOf)];
        Assert.That(Derived.Keys.Where(name => !known.Any(field => IsOf(name, field))), Is.Empty, "are no fields any more");
        Assert.That(_saved, Has.Count.GreaterThan(150));
    }

    private static bool IsOf(string path, string name) => path == name || path.StartsWith(name + ".", StringComparison.Ordinal);

    private void Walk(object here)
    {
        var type = here.GetType();
        if (type.Assembly != typeof(PartitionPipeline).Assembly
            || Closed.ContainsKey(type.Name)
            || typeof(Delegate).IsAssignableFrom(type)
            || !_seen.Add(here)) return;
        _types.Add(type);
        foreach (var field in Fields(type))
        {
            var name = NameOf(field);
            if (Derived.ContainsKey(name)) continue;
            if (IsMutable(field)) Try(name, field.FieldType, () => field.GetValue(here), value => field.SetValue(here, value));
            if (field.GetValue(here) is not { } value) continue;
            Inside(name, value);
        }
    }

    // What a container holds may change, though the field that holds the container doesn't.
    private void Inside(string name, object value)
    {
        switch (value)
        {
            case Memory<byte> memory:
                for (var at = 0; at < memory.Length; at += 97)
                {
                    var place = at;
                    Try(name, typeof(byte), () => memory.Span[place], changed => memory.Span[place] = (byte)changed!);
                }

                break;
            case string:
                break;
            case IDictionary map:
                if (map.Count > 0) TryWithout(name, map);
                foreach (var one in map.Values) Walk(one);
                break;
            case HashSet<UInt128> set:
                Try(name, () => set.Add(77), () => set.Remove(77));
                break;
            case Queue<AlertEvent> queue when queue.Count > 0:
                var all = queue.ToArray();
                Try(name, () => queue.Dequeue(), () =>
                {
                    queue.Clear();
                    foreach (var one in all) queue.Enqueue(one);
                });
                break;
            case Array { Length: > 0 } array when array.GetType().GetElementType() is { IsValueType: true } element:
                for (var at = 0; at < array.Length; at++)
                {
                    var place = at;
                    Try(name, element, () => array.GetValue(place), changed => array.SetValue(changed, place));
                }

                break;
            case Array { Length: > 0 } array:
                var filled = Enumerable.Range(0, array.Length).Last(i => array.GetValue(i) is not null || i == 0);
                var kept = array.GetValue(filled);
                Try(name, () => array.SetValue(null, filled), () => array.SetValue(kept, filled));
                break;
            case IList { Count: > 0, IsFixedSize: false } list:
                var last = list[^1];
                Try(name, () => list.RemoveAt(list.Count - 1), () => list.Add(last));
                if (last is ValueType) Try(name, last.GetType(), () => list[^1], changed => list[list.Count - 1] = changed);
                break;
        }

        if (value is IEnumerable many and not string)
            foreach (var one in many)
                if (one is not null && !one.GetType().IsValueType) Walk(one);
        if (!value.GetType().IsValueType) Walk(value);
    }

    private void TryWithout(string name, IDictionary map)
    {
        object key = map.Keys.Cast<object>().First(), value = map[key]!;
        Try(name, () => map.Remove(key), () => map.Add(key, value));
    }

    private void Try(string name, Type type, Func<object?> get, Action<object?> set)
    {
        foreach (var (path, changed) in Changes(name, type, get()))
        {
            var before = get();
            Try(path, () => set(changed), () => set(before));
        }
    }

    private void Try(string path, Action change, Action back)
    {
        if (_saved.Contains(path)) return;
        var tries = _tried.GetValueOrDefault(path);
        if (tries >= Tries) return;
        _tried[path] = tries + 1;
        change();
        bool differs;
        try
        {
            _snapshot.Save(_pipeline);
            differs = _snapshot.Hash != _before;
        }
        catch (Exception read) when (read is NullReferenceException or InvalidOperationException or ArgumentException
            or IndexOutOfRangeException)
        {
            // It was read, else nothing would have fallen over it.
            differs = true;
        }

        back();
        if (differs) _saved.Add(path);
    }

    // A struct is changed part by part.
    private static IEnumerable<(string Path, object? Changed)> Changes(string path, Type type, object? value)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (!type.IsValueType)
        {
            if (value is string) yield return (path, DetectionName((string)value));
            else if (value is not null && !value.GetType().IsValueType) yield return (path, null);
            yield break;
        }

        if (value is null) yield break;
        if (Changed(value) is { } simple)
        {
            yield return (path, simple);
            yield break;
        }

        if (value is Memory<byte>) yield break;
        foreach (var field in Fields(type))
        foreach (var (inner, part) in Changes($"{path}.{Plain(field)}", field.FieldType, field.GetValue(value)))
        {
            object copy = value;
            var boxed = Copy(copy);
            field.SetValue(boxed, part);
            yield return (inner, boxed);
        }
    }

    private static object Copy(object value) =>
        typeof(object).GetMethod("MemberwiseClone", BindingFlags.Instance | BindingFlags.NonPublic)!.Invoke(value, null)!;

    private static string DetectionName(string value) => value == "non-finite" ? "joint-surprise" : "non-finite";

    private static object? Changed(object value) => value switch
    {
        bool flag => !flag,
        Enum some => Enum.GetValues(some.GetType()).Cast<object>().First(other => !other.Equals(some)),
        int number => number ^ 1,
        long number => number ^ 1,
        uint number => number ^ 1,
        ulong number => number ^ 1,
        short number => (short)(number ^ 1),
        ushort number => (ushort)(number ^ 1),
        byte number => (byte)(number ^ 1),
        sbyte number => (sbyte)(number ^ 1),
        UInt128 number => number ^ 1,
        TimeSpan span => span + TimeSpan.FromTicks(1),
        double number => double.IsFinite(number) ? Math.BitIncrement(number) : 1.0,
        float number => float.IsFinite(number) ? MathF.BitIncrement(number) : 1f,
        _ => null,
    };

    private static IEnumerable<FieldInfo> MutableFields(Type type) => Fields(type).Where(field => IsMutable(field)
        || (field.FieldType.IsArray || (typeof(IEnumerable).IsAssignableFrom(field.FieldType)
            && field.FieldType.Assembly != typeof(PartitionPipeline).Assembly
            && field.FieldType != typeof(string))));

    private static IEnumerable<FieldInfo> Fields(Type type)
    {
        for (var here = type; here is not null && here != typeof(object) && here != typeof(ValueType); here = here.BaseType)
            foreach (var field in here.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic
                | BindingFlags.DeclaredOnly)) yield return field;
    }

    // A captured parameter of a primary constructor is a field that nobody sets.
    private static bool IsMutable(FieldInfo field) => !field.IsInitOnly && !field.Name.EndsWith(">P", StringComparison.Ordinal);

    private static string NameOf(FieldInfo field) => $"{field.DeclaringType!.Name}.{Plain(field)}";

    private static string Plain(FieldInfo field) =>
        field.Name.StartsWith('<') ? field.Name[1..field.Name.IndexOf('>', StringComparison.Ordinal)] : field.Name;
}
