using LeptonStream.Collector.Points;

namespace LeptonStream.Collector.Formats;

/// <summary>One walk over a remote-write request. Tags are field × 8 + wire type.</summary>
internal ref partial struct RemoteWriteWalk(
    ReadOnlySpan<byte> message, PointBatch batch, int copyAt, RemoteWriteMetadata metadata, List<Text> symbols)
{
    // More are as if they were not there, and series that need them are wrong.
    private const int MostSymbols = 1 << 20;

    private readonly int _end = message.Length;
    private ProtoReader _in = new(message);
    private string? _fault;

    // The series at hand.
    private Text _name;
    private int _firstLabel;
    private FamilyType _type;
    private Text _unit;
    private bool _isSecond;
    private long _created;

    /// <summary>The fault of the request as a whole; null where it has none.</summary>
    public readonly string? Fault => _fault ?? (_in.IsFailed ? $"no remote write at byte {_in.FailedAt} of the message" : null);

    public void ReadFirst()
    {
        metadata.Clear();
        var start = _in;
        // Types are of use for the series that stand before them.
        while (_in.TryTag(_end, out var tag))
        {
            if (tag == ((3 << 3) | 2)) ReadMetadata(_in.Message(_end));
            else _in.Skip(tag, _end);
        }

        if (_in.IsFailed) return;
        _in = start;
        while (_in.TryTag(_end, out var tag))
        {
            if (tag == ((1 << 3) | 2)) ReadSeries(_in.Message(_end));
            else _in.Skip(tag, _end);
        }
    }

    public void ReadSecond()
    {
        _isSecond = true;
        symbols.Clear();
        var start = _in;
        while (_in.TryTag(_end, out var tag))
        {
            if (tag == ((4 << 3) | 2) && symbols.Count < MostSymbols) symbols.Add(_in.Text(_end, copyAt));
            else _in.Skip(tag, _end);
        }

        if (_in.IsFailed) return;
        if (symbols.Count > 0 && !symbols[0].IsEmpty) _fault = "the first symbol is not the empty text";
        _in = start;
        while (_fault is null && _in.TryTag(_end, out var tag))
        {
            if (tag == ((5 << 3) | 2)) ReadSeries(_in.Message(_end));
            else _in.Skip(tag, _end);
        }
    }

    private void ReadMetadata(int end)
    {
        var type = 0UL;
        Text family = default, unit = default;
        while (_in.TryTag(end, out var tag))
        {
            switch (tag)
            {
                case 1 << 3: type = _in.Varint(); break;
                case (2 << 3) | 2: family = _in.Text(end, copyAt); break;
                case (5 << 3) | 2: unit = _in.Text(end, copyAt); break;
                default: _in.Skip(tag, end); break;
            }
        }

        metadata.Add(family, RemoteWriteMetadata.TypeOf(type), batch.GoodOrNone(unit));
    }

    // Labels and metadata first, wherever they stand; then samples and histograms, which need them.
    private void ReadSeries(int end)
    {
        BeginSeries();
        var start = _in;
        while (_in.TryTag(end, out var tag))
        {
            switch (tag)
            {
                case (1 << 3) | 2 when !_isSecond: ReadLabel(_in.Message(end)); break;
                case (1 << 3) | 2: ReadReferences(_in.Message(end)); break;
                case (5 << 3) | 2 when _isSecond: ReadSeriesMetadata(_in.Message(end)); break;
                // Version 2.0-rc has one creation time a series; later each sample has its own.
                case 6 << 3 when _isSecond: _created = (long)_in.Varint(); break;
                default: _in.Skip(tag, end); break;
            }
        }

        if (_in.IsFailed) return;
        if (!IsUsable())
        {
            batch.KeepLabels(_firstLabel);
            return;
        }

        _in = start;
        var samples = (2 << 3) | 2;
        var histograms = _isSecond ? (3 << 3) | 2 : (4 << 3) | 2;
        while (_in.TryTag(end, out var tag))
        {
            if (tag == samples) ReadSample(_in.Message(end));
            else if (tag == histograms) ReadHistogram(_in.Message(end));
            else _in.Skip(tag, end);
        }
    }

    private void BeginSeries()
    {
        _name = _unit = default;
        _type = FamilyType.Unknown;
        _created = 0;
        _firstLabel = batch.LabelCount;
    }

    private readonly bool IsUsable()
    {
        if (batch.ReasonOfName(_name) is var reason and not RefusalReason.None)
        {
            batch.RefuseOf(_name, reason, "a series' label __name__");
            return false;
        }

        if (batch.LabelCount - _firstLabel <= batch.Limits.Labels) return true;
        batch.RefuseOf(_name, RefusalReason.TooManyLabels, $"more than {batch.Limits.Labels} labels");
        return false;
    }

    private void ReadLabel(int end)
    {
        var (name, value) = _in.Pair(end, copyAt);
        if (!_in.IsFailed) AddLabel(name, value);
    }

    private void AddLabel(Text name, Text value)
    {
        if (batch.BytesOf(name).SequenceEqual("__name__"u8)) _name = value;
        else if (batch.LabelCount - _firstLabel <= batch.Limits.Labels) batch.TryAddLabel(name, value);
    }

    // Pairs of places in the table of symbols, packed.
    private void ReadReferences(int end)
    {
        while (_in.At < end)
        {
            var name = _in.Varint();
            if (_in.At >= end && !_in.IsFailed) _fault = "a label without value";
            var value = _in.Varint();
            if (_in.IsFailed || _fault is not null) break;
            AddLabel(Symbol(name), Symbol(value));
        }

        if (_in.At != end) _in.Fail();
    }

    private void ReadSeriesMetadata(int end)
    {
        while (_in.TryTag(end, out var tag))
        {
            switch (tag)
            {
                case 1 << 3: _type = RemoteWriteMetadata.TypeOf(_in.Varint()); break;
                case 4 << 3: _unit = batch.GoodOrNone(Symbol(_in.Varint())); break;
                default: _in.Skip(tag, end); break;
            }
        }
    }

    private Text Symbol(ulong reference)
    {
        if (reference < (ulong)symbols.Count) return symbols[(int)reference];
        _fault = $"symbol {reference} of {symbols.Count}";
        return default;
    }

    private void ReadSample(int end)
    {
        double value = 0;
        long time = 0, start = 0;
        while (_in.TryTag(end, out var tag))
        {
            switch (tag)
            {
                case (1 << 3) | 1: value = _in.Double(); break;
                case 2 << 3: time = (long)_in.Varint(); break;
                case 3 << 3 when _isSecond: start = (long)_in.Varint(); break;
                default: _in.Skip(tag, end); break;
            }
        }

        if (_in.IsFailed || !TryAdd(time, start)) return;
        ref var point = ref batch.Last;
        point.Value = value;
        StaleMarker.Apply(ref point);
        if (!_isSecond)
        {
            metadata.Apply(batch, ref point);
            return;
        }

        RemoteWriteMetadata.SetKind(ref point, _type, RemoteWriteMetadata.SuffixOf(batch.BytesOf(_name)));
        point.Unit = _unit;
    }

    private readonly bool TryAdd(long time, long start)
    {
        if (!batch.MayAdd()) return false;
        if (time is < 0 or > long.MaxValue / 1_000_000)
        {
            batch.RefuseOf(_name, RefusalReason.BadTime, $"time {time} ms");
            return false;
        }

        ref var point = ref batch.Add();
        point.Name = _name;
        point.Labels = batch.LabelsSince(_firstLabel);
        point.Time = time * 1_000_000;
        if (start == 0) start = _created;
        if (start is > 0 and <= long.MaxValue / 1_000_000) point.StartTime = start * 1_000_000;
        return true;
    }
}
