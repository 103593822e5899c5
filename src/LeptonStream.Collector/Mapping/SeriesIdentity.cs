using System.Buffers.Text;
using System.IO.Hashing;
using System.Text;
using LeptonStream.Collector.Points;
using Text = LeptonStream.Collector.Points.Text;

namespace LeptonStream.Collector.Mapping;

/// <summary>
/// The hash of a series as its source writes it: name, kind and labels in any order, but for the labels that change with every point. It
/// allocates nothing.
/// </summary>
internal sealed class SeriesIdentity
{
    private ulong[] _stepNames = [];
    private LabelRange _resource = new(-1, 0);
    private LabelRange _scope = new(-1, 0);
    private UInt128 _resourceHash;
    private UInt128 _scopeHash;

    /// <summary>The training step that a label of the last point said; <see cref="Point.NoStep"/> for none.</summary>
    public long Step { get; private set; }

    /// <summary>Begins with another payload.</summary>
    public void Begin() => (_resource, _scope) = (new(-1, 0), new(-1, 0));

    /// <summary>Sets the labels that hold a step.</summary>
    public void UseSteps(IReadOnlyList<string> names) =>
        _stepNames = [.. names.Select(name => XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(name)))];

    /// <summary>The hash.</summary>
    /// <param name="points">The batch.</param>
    /// <param name="point">A point of it.</param>
    /// <param name="name">Its name, or that of its family.</param>
    /// <param name="source">The hash of the source's labels.</param>
    /// <param name="without">The label that tells the parts of a family apart; empty for none.</param>
    public UInt128 Of(PointBatch points, in Point point, ReadOnlySpan<byte> name, UInt128 source, ReadOnlySpan<byte> without)
    {
        Step = point.Step;
        if (point.Resource != _resource) (_resource, _resourceHash) = (point.Resource, HashOf(points, point.Resource, []));
        if (point.Scope != _scope) (_scope, _scopeHash) = (point.Scope, HashOf(points, point.Scope, []));
        var kind = without.IsEmpty ? ((int)point.Kind << 8) | ((int)point.Temporality << 4) : 1;
        var hash = XxHash128.HashToUInt128(name, kind) + source + _resourceHash + _scopeHash;
        if (!point.Model.IsEmpty) hash += XxHash128.HashToUInt128(points.BytesOf(point.Model), -1);
        return hash + HashOf(points, point.Labels, without);
    }

    // Labels may come in any order: a sum of their hashes has none.
    private UInt128 HashOf(PointBatch points, LabelRange range, ReadOnlySpan<byte> without)
    {
        var hash = UInt128.Zero;
        foreach (ref readonly var label in points.LabelsOf(range))
        {
            var name = points.BytesOf(label.Name);
            if (!without.IsEmpty && name.SequenceEqual(without)) continue;
            var nameHash = XxHash3.HashToUInt64(name);
            if (_stepNames.AsSpan().Contains(nameHash) && TakeStep(points, label.Value)) continue;
            hash += XxHash128.HashToUInt128(points.BytesOf(label.Value), (long)nameHash);
        }

        return hash;
    }

    private bool TakeStep(PointBatch points, Text value)
    {
        if (!IsStep(points.BytesOf(value), out var step)) return false;
        if (Step == Point.NoStep) Step = step;
        return true;
    }

    /// <summary>Whether a label's value is a step: a whole number from 0.</summary>
    public static bool IsStep(ReadOnlySpan<byte> value, out long step) =>
        Utf8Parser.TryParse(value, out step, out var length) && length == value.Length && step >= 0;
}
