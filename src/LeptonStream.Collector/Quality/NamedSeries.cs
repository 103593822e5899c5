namespace LeptonStream.Collector.Quality;

/// <summary>All series of a model that have one name: when they come, and how many of them have changed their unit.</summary>
internal sealed class NamedSeries(FamilyBook book, string name, long first)
{
    private const long JumpsFor = 600L * 1_000_000_000;

    private double _factor;
    private int _jumps;
    private long _jumpedAt;
    private int _active;
    private int _inSpan;

    public FamilyBook Book => book;

    public string Name => name;

    /// <summary>Whether the scraper writes it beside each page, and not the page itself.</summary>
    public bool IsOfScraper { get; } = name == "up" || name.StartsWith("scrape_", StringComparison.Ordinal);

    public long First { get; } = first;

    /// <summary>When it came last.</summary>
    public long Last { get; private set; } = first;

    /// <summary>The longest time between two points of it, in nanoseconds.</summary>
    public long Longest { get; private set; }

    public long Count { get; private set; }

    /// <summary>The pod, process or host that it came from last.</summary>
    public string? Owner { get; private set; }

    /// <summary>Whether it belongs to training, which has metrics for each of its stages.</summary>
    public bool IsByStep { get; set; }

    /// <summary>Whether it vanished.</summary>
    public bool IsGone { get; set; }

    /// <summary>Whether that was said.</summary>
    public bool IsGoneSaid { get; set; }

    /// <summary>Whether it is known as new, or needs no word.</summary>
    public bool IsSaid { get; set; }

    /// <summary>The span at hand, so that each series counts once in it.</summary>
    public int Span { get; private set; }

    /// <summary>Points of it have come.</summary>
    public void See(long now, string? owner)
    {
        Longest = Math.Max(Longest, now - Last);
        Last = Math.Max(Last, now);
        Count++;
        (Owner, IsGone, IsGoneSaid) = (owner, false, false);
    }

    /// <summary>One more of its series has come in this span.</summary>
    public void CountSeries() => _inSpan++;

    /// <summary>The level of one of its series has changed by a factor between units.</summary>
    public void Jump(double factor, long now)
    {
        if (factor != _factor || now - _jumpedAt > JumpsFor) _jumps = 0;
        (_factor, _jumpedAt) = (factor, now);
        _jumps++;
    }

    /// <summary>The factor, once for most of its series; else null. Ends the span.</summary>
    public double? TakeJump(long now)
    {
        _active = Math.Max(_inSpan, now - Last < JumpsFor ? Math.Min(_active, _inSpan + 1) : 0);
        (_inSpan, Span) = (0, Span + 1);
        if (_jumps == 0 || _jumps * 2 < _active) return null;
        _jumps = 0;
        return _factor;
    }
}
