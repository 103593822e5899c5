namespace LeptonStream.Samples;

/// <summary>
/// The names of one entity that were found to differ from each other. Producers send the same names in every message, so that comparing
/// with the last ones saves their hashes.
/// </summary>
internal sealed class DistinctNames
{
    private byte[] _text = [];
    private int[] _lengths = [];
    private int _count;

    /// <summary>Whether the metrics since <paramref name="first"/> have the same names in the same order.</summary>
    public bool AreThose(SampleBatch batch, int first)
    {
        var metrics = batch.MetricsSince(first);
        if (metrics.Length != _count) return false;
        var lengths = _lengths.AsSpan(0, metrics.Length);
        var at = 0;
        for (var i = 0; i < metrics.Length; i++)
        {
            var name = metrics[i].Name;
            // The text of names that follow each other is compared at once, below.
            if (name.Length != lengths[i] || name.Start != metrics[0].Name.Start + at) return false;
            at += name.Length;
        }

        return batch.BytesOf(new(metrics[0].Name.Start, at)).SequenceEqual(_text.AsSpan(0, at));
    }

    /// <summary>Takes the names of the metrics since <paramref name="first"/>.</summary>
    public void Set(SampleBatch batch, int first)
    {
        var metrics = batch.MetricsSince(first);
        _count = metrics.Length;
        if (_lengths.Length < _count) _lengths = new int[_count];
        var at = 0;
        for (var i = 0; i < metrics.Length; i++)
        {
            var name = batch.BytesOf(metrics[i].Name);
            if (_text.Length < at + name.Length) Array.Resize(ref _text, Math.Max(2 * _text.Length, at + name.Length));
            name.CopyTo(_text.AsSpan(at));
            at += _lengths[i] = name.Length;
        }
    }
}
