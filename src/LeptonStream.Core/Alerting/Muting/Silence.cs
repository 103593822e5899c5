using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Alerting.Muting;

/// <summary>What a person asked not to be notified of for a while. Alerts go on, are recorded and shown; they are not sent.</summary>
public sealed record Silence
{
    /// <summary>Its id, by which notifications that were not sent refer to it.</summary>
    public required string Id { get; init; }

    /// <summary>The conditions, all of which an alert must fulfil; without any it silences nothing.</summary>
    public required IReadOnlyList<Matcher> Matchers { get; init; }

    /// <summary>Time from which it holds.</summary>
    public required Timestamp StartsAt { get; init; }

    /// <summary>Time from which it holds no more.</summary>
    public required Timestamp EndsAt { get; init; }

    /// <summary>Who asked for it.</summary>
    public required string CreatedBy { get; init; }

    /// <summary>Why.</summary>
    public required string Comment { get; init; }

    /// <summary>Whether it holds at a time.</summary>
    public bool IsActive(Timestamp now) => StartsAt <= now && now < EndsAt;

    /// <summary>Whether an alert with these labels is among those that it silences, whenever it holds.</summary>
    public bool Covers(LabelSet labels)
    {
        foreach (var matcher in Matchers)
            if (!matcher.Accepts(labels)) return false;
        return Matchers.Count > 0;
    }
}
