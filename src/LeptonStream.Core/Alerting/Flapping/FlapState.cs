using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Alerting.Flapping;

/// <summary>The openings of all alerts with the same labels, whatever their severity.</summary>
/// <param name="Openings">The times of the openings within the window.</param>
/// <param name="Since">Time since which it flaps; null where it does not.</param>
/// <param name="ChangedAt">Time of the last opening or end.</param>
public sealed record FlapState(IReadOnlyList<Timestamp> Openings, Timestamp? Since, Timestamp ChangedAt)
{
    /// <summary>The annotation of a notification that says that its alert flaps; its value is the time since which it does.</summary>
    public const string Annotation = "flapping";

    /// <summary>The identity of an alert over its incidents: its labels without the severity.</summary>
    public static Fingerprint KeyOf(LabelSet labels) => Fingerprint.Of(LabelSet.Of(labels.Where(label => label.Key != "severity")));

    /// <summary>The state after the first opening.</summary>
    public static FlapState First(Timestamp opened, Timestamp now) => new([opened], Since: null, now);

    /// <summary>Another one opens.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="opened">Time of the opening, by the event.</param>
    /// <param name="now">The time.</param>
    public FlapState OnOpened(FlapRule rule, Timestamp opened, Timestamp now)
    {
        ArgumentNullException.ThrowIfNull(rule);
        var before = IsSteady(rule, now) ? this with { Since = null } : this;
        Timestamp[] openings = [.. Openings.Append(opened).Where(time => time > opened - rule.Window).Order()];
        // Far more than the rule asks for need not be kept.
        openings = openings[Math.Max(0, openings.Length - rule.Openings - 1)..];
        return new(openings, before.Since ?? (openings.Length > rule.Openings ? now : null), now);
    }

    /// <summary>It ends.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="now">The time.</param>
    public FlapState OnEnded(FlapRule rule, Timestamp now) =>
        this with { Since = IsSteady(rule, now) ? null : Since, ChangedAt = now };

    /// <summary>
    /// Whether nothing has changed for long enough. A change far ahead was written by a clock that has been set back since.
    /// </summary>
    public bool IsSteady(FlapRule rule, Timestamp now)
    {
        ArgumentNullException.ThrowIfNull(rule);
        return ChangedAt + rule.Steady <= now || ChangedAt > now + rule.Steady;
    }
}
