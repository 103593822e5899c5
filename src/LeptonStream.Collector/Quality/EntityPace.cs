using LeptonStream.Collector.Mapping;

namespace LeptonStream.Collector.Quality;

/// <summary>How an entity of a source ended.</summary>
public enum EntityEnd
{
    /// <summary>It did not.</summary>
    None = 0,

    /// <summary>Its producer says so.</summary>
    Said,

    /// <summary>It is not where it was scraped, or silent for so long that nobody waits for it.</summary>
    Left,

    /// <summary>It is there and can't be had: its target's <c>up</c> says so, or its job.</summary>
    Unreachable,

    /// <summary>Another replica of the collector hears it.</summary>
    Elsewhere,
}

/// <summary>How often messages of an entity come, and when the last one did.</summary>
internal sealed class EntityPace(MappedEntity entity, long time, long received)
{
    // Intervals follow in small steps, so that a hole moves them no more than a hiccup; where messages are missing they follow slower
    // still: a source that loses half of them must not seem to be twice as slow within the hour.
    private const double Step = 1.01;
    private const double HoleStep = 1.002;
    private const double Hole = 1.5;

    // How much of the longest gap fades with each message.
    private const double Fading = 0.001;

    // Clocks and delays let two intervals pass now and then.
    private const double Quiet = 2.5;

    public MappedEntity Entity => entity;

    /// <summary>The pod, process or host that it is of; null where no label names one.</summary>
    public string? Owner { get; } = EntityLabels.OwnerOf(entity.Labels);

    /// <summary>The run that it is of: asked for when one ends.</summary>
    public string Run => _run ??= EntityLabels.RunOf(Entity);

    /// <summary>When it was heard first.</summary>
    public long First { get; } = received;

    /// <summary>When it was heard last.</summary>
    public long Heard { get; private set; } = received;

    /// <summary>When it was heard last by this replica of the collector.</summary>
    public long HeardHere { get; private set; } = received;

    /// <summary>Event time of its newest message.</summary>
    public long Last { get; private set; } = time;

    /// <summary>Seconds between messages; 0 while there was one only.</summary>
    public double Interval { get; private set; }

    /// <summary>The longest time between two messages of late, in seconds.</summary>
    public double Longest { get; private set; }

    /// <summary>The interval before the span at hand: its messages are held against it.</summary>
    public double Due { get; set; }

    /// <summary>Messages that were due while it was not clear whether it had left.</summary>
    public double Owed { get; set; }

    /// <summary>Whether its page came without it: that is no hole, however it goes on.</summary>
    public bool IsOffPage { get; set; }

    /// <summary>Its messages in the span at hand.</summary>
    public int Count { get; set; } = 1;

    /// <summary>All of its messages.</summary>
    public long Messages { get; private set; } = 1;

    public EntityEnd End { get; private set; }

    /// <summary>Whether its values still change.</summary>
    public Stillness Stillness { get; } = new();

    private long _endedAt = long.MinValue;
    private string? _run;

    /// <summary>Takes a message; false where it is from before its end.</summary>
    public bool Take(long time, long received)
    {
        if (time <= _endedAt) return false;
        Count++;
        Messages++;
        if (time > Last)
        {
            if (End == EntityEnd.None) Learn((time - Last) / 1e9);
            Last = time;
        }

        (Heard, HeardHere) = (Math.Max(Heard, received), Math.Max(HeardHere, received));
        (End, _endedAt, IsOffPage) = (EntityEnd.None, long.MinValue, false);
        return true;
    }

    /// <summary>Takes points that rightly became no sample: where no others came with them, they stand for a message.</summary>
    public void Hear(long received)
    {
        if (received <= Heard) return;
        Count++;
        Heard = HeardHere = received;
    }

    /// <summary>So many messages were written in the span at hand, here and elsewhere.</summary>
    public void HearElsewhere(int count, long newest, long now)
    {
        Count = Math.Max(Count, count);
        // As late as here.
        if (newest > Last) Heard = Math.Max(Heard, Math.Min(now, newest + HeardHere - Last));
    }

    /// <summary>Nothing more is due of it until it is heard again.</summary>
    /// <param name="end">How it ended.</param>
    /// <param name="at">Event time of its end; messages up to then do not bring it back.</param>
    public void Finish(EntityEnd end, long at) => (End, _endedAt, Due, Owed) = (end, at, 0, 0);

    /// <summary>Seconds since it was heard.</summary>
    public double SilenceAt(long now) => (now - Heard) / 1e9;

    /// <summary>Whether it is silent for longer than chance lets it be.</summary>
    public bool IsQuiet(long now) => Interval > 0 ? SilenceAt(now) > Quiet * Interval : Count == 0;

    private void Learn(double seconds)
    {
        Longest = Math.Max(seconds, Longest - ((Longest - seconds) * Fading));
        Interval = Interval == 0 ? seconds : Usual.Follow(Interval, seconds, seconds > Hole * Interval ? HoleStep : Step);
    }
}

/// <summary>Values that follow what they measure.</summary>
internal static class Usual
{
    /// <summary>A usual value, one step nearer to what was seen.</summary>
    public static double Follow(double usual, double value, double step) =>
        value > usual ? usual * step : value < usual ? usual / step : usual;
}
