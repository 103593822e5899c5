using System.Text.Unicode;

namespace LeptonStream.Collector.Points;

/// <summary>How formats fill a batch within the limits.</summary>
public sealed partial class PointBatch
{
    private FormatLimits _limits = FormatLimits.Default;
    private int _firstPoint;
    private int _faultsBefore;
    private bool _isCut;

    /// <summary>
    /// Whether things that are no samples (texts, nulls) are listed in <see cref="Refusals"/> too; they are counted in any case.
    /// </summary>
    public bool ListsLeftOut { get; set; }

    internal ref readonly FormatLimits Limits => ref _limits;

    internal int FirstPoint => _firstPoint;

    /// <summary>Begins a payload; not null where it is refused as it stands.</summary>
    internal FormatOutcome? Begin(ReadOnlySpan<byte> payload, in FormatLimits limits)
    {
        _limits = limits;
        _firstPoint = _pointCount;
        _faultsBefore = FaultCount;
        _isCut = false;
        if (payload.IsEmpty) return RefuseAll(RefusalReason.Empty, "the payload is empty");
        if (payload.Length <= limits.Bytes) return null;
        return RefuseAll(RefusalReason.TooLarge, $"{payload.Length} bytes, at most {limits.Bytes} are allowed");
    }

    /// <summary>Ends a payload that was read to its end.</summary>
    internal FormatOutcome End()
    {
        if (_isCut)
        {
            Refuse(RefusalReason.TooManyPoints,
                $"more than {_limits.Points} points, or texts of more than {2L * _limits.DecompressedBytes} bytes");
        }

        if (FaultCount == _faultsBefore) return FormatOutcome.Taken;
        return _pointCount > _firstPoint ? FormatOutcome.Partial : FormatOutcome.Refused;
    }

    /// <summary>The outcome of several payloads, of the points and the faults that were there before them.</summary>
    internal FormatOutcome OutcomeSince(int points, int faults) => FaultCount == faults ? FormatOutcome.Taken
        : _pointCount > points ? FormatOutcome.Partial : FormatOutcome.Refused;

    /// <summary>Whether one more point may be added; the payload counts as cut where not.</summary>
    internal bool MayAdd()
    {
        var isRoom = _byteCount <= Math.Max(1L << 20, 2L * _limits.DecompressedBytes);
        if (isRoom && _pointCount - _firstPoint < _limits.Points) return true;
        _isCut = true;
        return false;
    }

    /// <summary>Whether so many more numbers may be kept: what a payload grows to is bounded by its limits alone.</summary>
    internal bool MayAddNumbers(int count) => _numberCount + (long)count <= Math.Max(1 << 16, 32L * _limits.Points);

    /// <summary>Adds a label, or leaves it out and says why. The text must lie in the batch.</summary>
    internal void TryAddLabel(Text name, Text value)
    {
        if (IsGood(name) && IsGood(value) && !name.IsEmpty)
        {
            AddLabel(name, value);
            return;
        }

        RefuseLabel(name, value);
    }

    /// <summary>Whether a text is UTF-8 and no longer than allowed.</summary>
    internal bool IsGood(Text text) => ReasonOf(text) == RefusalReason.None;

    /// <summary>The text where it is good; an empty one else.</summary>
    internal Text GoodOrNone(Text text) => IsGood(text) ? text : default;

    /// <summary>Why a text is no name; None where it is one.</summary>
    internal RefusalReason ReasonOfName(Text name) => name.IsEmpty ? RefusalReason.MissingField : ReasonOf(name);

    private void RefuseLabel(Text name, Text value)
    {
        if (name.IsEmpty)
        {
            Refuse(RefusalReason.MissingField, "a label has no name");
            return;
        }

        var reason = ReasonOf(name) is var first and not RefusalReason.None ? first : ReasonOf(value);
        Refuse(reason, KeepsDetails ? $"label {Shown(name)} is left out" : "");
    }

    /// <summary>Why a text is not good.</summary>
    internal RefusalReason ReasonOf(Text text)
    {
        if (text.Length > _limits.TextBytes) return RefusalReason.TextTooLong;
        return Utf8.IsValid(BytesOf(text)) ? RefusalReason.None : RefusalReason.InvalidUtf8;
    }

    /// <summary>Refuses something that belongs to a metric.</summary>
    internal void RefuseOf(Text metric, RefusalReason reason, string fault)
    {
        if (PointRefusal.IsFaulty(reason) || ListsLeftOut)
            Refuse(reason, KeepsDetails ? $"{Shown(metric)}: {fault}" : "");
        else
            LeaveOut(reason);
    }

    /// <summary>Counts a thing that is no sample.</summary>
    private void LeaveOut(RefusalReason reason) => _refused[(int)reason]++;

    /// <summary>A text for a message: its beginning, without control characters.</summary>
    internal string Shown(Text text)
    {
        const int Most = 80;
        var shown = TextOf(text with { Length = Math.Min(text.Length, Most) });
        return string.Create(shown.Length, shown, (span, from) =>
        {
            for (var i = 0; i < span.Length; i++) span[i] = char.IsControl(from[i]) ? ' ' : from[i];
        });
    }

    /// <summary>
    /// Whether the labels of the point added last are no more than allowed; otherwise it is refused and taken back, with its labels.
    /// </summary>
    internal bool KeepsLabels(int firstLabel)
    {
        ref var point = ref Last;
        point.Labels = LabelsSince(firstLabel);
        if (point.Labels.Count + point.Resource.Count + point.Scope.Count <= _limits.Labels) return true;
        RefuseLast(RefusalReason.TooManyLabels, $"more than {_limits.Labels} labels", firstLabel);
        return false;
    }

    /// <summary>The same for the points from one on, whose resource or scope came after them.</summary>
    internal void RefuseTooManyLabels(int first)
    {
        for (var i = first; i < _pointCount; i++)
        {
            ref var point = ref _points[i];
            if (point.Labels.Count + point.Resource.Count + point.Scope.Count <= _limits.Labels) continue;
            RefuseOf(point.Name, RefusalReason.TooManyLabels, $"more than {_limits.Labels} labels");
            Mark(ref point);
        }

        DropMarked(first);
    }

    /// <summary>Refuses the point added last and takes it back, with its labels.</summary>
    internal void RefuseLast(RefusalReason reason, string fault, int firstLabel)
    {
        RefuseOf(Last.Name, reason, fault);
        KeepPoints(_pointCount - 1);
        KeepLabels(firstLabel);
    }

    internal ref Distribution DistributionToChange(in Point point) => ref _distributions[point.DistributionAt];

    /// <summary>Marks a point for <see cref="DropMarked"/>.</summary>
    internal static void Mark(ref Point point) => point.DistributionAt = Marked;

    /// <summary>Takes out the points from one on that are marked.</summary>
    internal void DropMarked(int first)
    {
        var kept = first;
        for (var i = first; i < _pointCount; i++)
            if (_points[i].DistributionAt != Marked) _points[kept++] = _points[i];
        _pointCount = kept;
    }

    private const int Marked = -2;

    /// <summary>Moves numbers behind all others, where more can follow them.</summary>
    internal void MoveToEnd(ref NumberRange range)
    {
        if (range.First + range.Count == _numberCount) return;
        var first = _numberCount;
        for (var i = 0; i < range.Count; i++) AddNumber(_numbers[range.First + i]);
        range = range with { First = first };
    }

    /// <summary>Adds a number behind those of a range.</summary>
    internal NumberRange Append(NumberRange range, double value)
    {
        if (range.Count == 0) range = new(_numberCount, 0);
        MoveToEnd(ref range);
        AddNumber(value);
        return range with { Count = range.Count + 1 };
    }

    /// <summary>Takes pairs apart: the first of each, and the second of each.</summary>
    internal (NumberRange Firsts, NumberRange Seconds) Unzip(NumberRange pairs)
    {
        var count = pairs.Count / 2;
        var seconds = new NumberRange(_numberCount, count);
        for (var i = 0; i < count; i++) AddNumber(_numbers[pairs.First + (2 * i) + 1]);
        for (var i = 1; i < count; i++) _numbers[pairs.First + i] = _numbers[pairs.First + (2 * i)];
        return (pairs with { Count = count }, seconds);
    }
}
