using LeptonStream.Detection;
using LeptonStream.Series;

namespace LeptonStream.Cli.SeriesView;

/// <summary>A series as it was judged again: its newest samples, oldest first.</summary>
internal sealed class SeriesHistory(SeriesKey key, string? unit)
{
    private const int MostSamples = 5_000;

    private readonly Queue<JudgedSample> _samples = [];

    public SeriesKey Key => key;

    /// <summary>Its unit (UCUM) where it is known.</summary>
    public string? Unit => unit;

    public IReadOnlyCollection<JudgedSample> Samples => _samples;

    /// <summary>Whether the rules of its training run judge it: then it has no band and no score.</summary>
    public bool IsOfRun => double.IsNaN(Newest.Score);

    public JudgedSample Newest { get; private set; }

    /// <summary>The highest score of them.</summary>
    public double Worst => _samples.Max(sample => sample.Score);

    public void Add(in JudgedSample sample)
    {
        if (_samples.Count == MostSamples) _samples.Dequeue();
        _samples.Enqueue(sample);
        Newest = sample;
    }
}
