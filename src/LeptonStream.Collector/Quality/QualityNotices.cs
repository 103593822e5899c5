namespace LeptonStream.Collector.Quality;

/// <summary>
/// A fault of a model's data that is an alert of its own, beside the score: a code that is 0 until it begins, with a label that names what
/// it is about.
/// </summary>
/// <param name="Metric">The metric, under <c>lepton.quality.</c>.</param>
/// <param name="About">What it is about, for the label of that name.</param>
/// <param name="Value">The code; 0 where it is over.</param>
/// <param name="IsNew">Whether it begins now.</param>
internal readonly record struct QualityNotice(string Metric, string About, double Value, bool IsNew);

/// <summary>The notices of a model.</summary>
internal sealed class QualityNotices
{
    /// <summary>Parts of things that go on sending, and are silent: their number.</summary>
    public const string Silent = "lepton.quality.parts_silent";

    /// <summary>Parts that go on sending the values they had: their number.</summary>
    public const string Frozen = "lepton.quality.parts_frozen";

    /// <summary>Families of metrics that came or went together: their number.</summary>
    public const string SchemaChanged = "lepton.quality.schema_changed";

    /// <summary>Most series of a metric changed by a factor between units: the factor.</summary>
    public const string UnitChanged = "lepton.quality.unit_changed";

    /// <summary>Totals that two producers write: their number.</summary>
    public const string TwoWriters = "lepton.quality.two_writers";

    private const int Most = 20;
    private const long Second = 1_000_000_000;

    // A detector sees it several times, and then its end.
    private const long EventFor = 600 * Second;
    private const long HeldFor = 90 * Second;
    private const long ClearFor = 1800 * Second;

    private readonly Dictionary<(string Metric, string About), Standing> _standing = [];

    /// <summary>Something lasts: to be said in every span. While it does, its number does not fall, and it keeps its name.</summary>
    public void Hold(string metric, string about, double value, long now)
    {
        foreach (var (key, known) in _standing)
        {
            if (key.Metric != metric || now >= known.Until) continue;
            (known.Value, known.Until) = (Math.Max(known.Value, value), now + HeldFor);
            return;
        }

        Begin(metric, about, value, now + HeldFor);
    }

    /// <summary>Something has happened.</summary>
    public void Raise(string metric, string about, double value, long now)
    {
        if (_standing.TryGetValue((metric, about), out var known) && now < known.Until) known.Until = now + EventFor;
        else Begin(metric, about, value, now + EventFor);
    }

    /// <summary>All that stand, and those that ended lately.</summary>
    public IEnumerable<QualityNotice> Take(long now)
    {
        foreach (var ((metric, about), known) in _standing)
        {
            yield return new(metric, about, now < known.Until ? known.Value : 0, known.IsNew);
            known.IsNew = false;
            if (now > known.Until + ClearFor) _standing.Remove((metric, about));
        }
    }

    private void Begin(string metric, string about, double value, long until)
    {
        if (_standing.Count < Most || _standing.ContainsKey((metric, about)))
            _standing[(metric, about)] = new() { Value = value, Until = until, IsNew = true };
    }

    private sealed class Standing
    {
        public double Value { get; set; }

        public long Until { get; set; }

        public bool IsNew { get; set; }
    }
}
