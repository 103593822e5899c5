using LeptonStream.Detection.Cleaning;
using LeptonStream.Detection.Habits;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Policies.Presets;
using LeptonStream.Detectors;
using LeptonStream.Samples;

namespace LeptonStream.Explanations;

/// <summary>The explanation of a series' alert in English: fixed sentences, filled with the facts.</summary>
internal static class EnglishText
{
    public static Alerts.Explanation Explain(AlertFacts facts) => new(Summary(facts), Description(facts), EnglishAdvice.For(facts));

    /// <summary>The present state of an ended alert of one metric, to follow its name; null for an alert that is open.</summary>
    public static string? Ended(AlertChange change, string value, Samples.Timestamp last) => change switch
    {
        AlertChange.Recovered => $" is back to normal: {value}",
        AlertChange.Accepted => $" is still at {value}, not recovered",
        AlertChange.Gone => $" has had no data since {Numbers.Clock(last)}; it did not recover",
        AlertChange.Superseded => $" is closed without recovery ({value})",
        AlertChange.PolicyChanged => $" is no longer watched under the new policy; it did not recover ({value})",
        AlertChange.Quieted => " reports no further error; the cause may still be there",
        _ => null,
    };

    private static string Summary(AlertFacts facts)
    {
        var name = $"{facts.Key.Metric} of {facts.Key.Model}{LabelText.InEnglish(facts.Key.Labels)}";
        if (facts.Change.IsEnd()) return name + Ended(facts);
        var state = facts.Change == AlertChange.Progressed ? Continued(facts) : State(facts);
        return name + state + (facts.Agreeing.Count == 0
            ? ""
            : $"; agrees with {EnglishCount.Of(facts.Agreeing.Count, "other metric")} of {facts.Key.Model}");
    }

    private static string Ended(AlertFacts facts) => facts.Change switch
    {
        AlertChange.Recovered when DataNotice.IsAbout(facts) => DataNotice.OverInEnglish(facts),
        AlertChange.Recovered when facts.IsCode && facts.Sample.Value == 0 => " is at 0 again: no code is reported any more",
        AlertChange.Recovered when facts.IsCode => $" has reported no new code; the last is {Code(facts)}",
        AlertChange.Recovered when facts.Detector == DetectorSet.Peers => $" is like its peers again: {Value(facts)}",
        AlertChange.Recovered when facts.IsHang => EnglishEngineText.Over,
        AlertChange.Recovered when facts.HasLostItsBurst => $" no longer has a burst overdue: {Value(facts)}",
        AlertChange.Gone when facts.NothingOf is { } denominator => $" counts nothing: {denominator} is 0; it did not recover",
        _ => Ended(facts.Change, Value(facts), facts.LastSeen)!,
    };

    private static string Continued(AlertFacts facts) => facts.Detector switch
    {
        ErrorCodeTracker.RuleName when LostTargets.IsAbout(facts) && facts.Sample.Value > 0 => LostTargets.InEnglish(facts, isStill: true),
        ErrorCodeTracker.RuleName when LostTargets.IsOne(facts) => LostTargets.OfOneInEnglish(facts, isStill: true),
        ErrorCodeTracker.RuleName when DataNotice.IsAbout(facts) => DataNotice.InEnglish(facts),
        ErrorCodeTracker.RuleName when facts.Sample.Value == 0 => " is at 0 again, and the alert closes if that lasts",
        ErrorCodeTracker.RuleName => $" still reports {Code(facts)}",
        DetectorSet.NonFinite when !IsFinite(facts) => $" is still {Numbers.NonFiniteInEnglish(facts.Sample.Value)}",
        DetectorSet.NonFinite => $" is finite again, and the alert closes if that lasts: {Value(facts)}",
        LostReadings.RuleName when !IsFinite(facts) => " still has no readings",
        LostReadings.RuleName => $" has readings again, and the alert closes if that lasts: {Value(facts)}",
        BurstBook.RuleName when facts.Missed is { } missed => EnglishHabitText.Missed(missed, facts.Unit),
        DetectorSet.NoProgress => EnglishEngineText.Continued(facts),
        BurstBook.RuleName when !facts.IsInsideBand => $" shows its burst, and the alert closes after it: {Value(facts)}",
        _ when facts.IsStuck => $" is still stuck at {Value(facts)}",
        DetectorSet.Peers when facts.Peers is { } peers => $" is still {EnglishPeerText.Standing(peers, facts.Unit)}",
        _ when facts.IsInsideBand => $" is inside its normal range, and the alert closes if that lasts: {Value(facts)}",
        _ => $" is not back to normal: {Seen(facts)}",
    };

    private static string State(AlertFacts facts) => facts.Detector switch
    {
        ErrorCodeTracker.RuleName when LostTargets.IsAbout(facts) => LostTargets.InEnglish(facts, isStill: false),
        ErrorCodeTracker.RuleName when LostTargets.IsOne(facts) => LostTargets.OfOneInEnglish(facts, isStill: false),
        ErrorCodeTracker.RuleName when DataNotice.IsAbout(facts) => DataNotice.InEnglish(facts),
        DetectorSet.NonFinite when !IsFinite(facts) => $" is {Numbers.NonFiniteInEnglish(facts.Sample.Value)}",
        LostReadings.RuleName => " has no readings: the exporter sends a blank instead",
        BurstBook.RuleName when facts.Missed is { } missed => EnglishHabitText.Missed(missed, facts.Unit),
        ErrorCodeTracker.RuleName => $" reports {Code(facts)}",
        DetectorSet.NoProgress => EnglishEngineText.Hangs(facts),
        DetectorSet.Peers when facts.Peers is { } peers => $" is {EnglishPeerText.Standing(peers, facts.Unit)}",
        FrozenValueDetector.RuleName => $" is stuck at {Value(facts)}",
        ConstantChangeDetector.RuleName => $" was constant and has changed: {Seen(facts)}",
        NewExtremeDetector.RuleName or RecordDetector.RuleName or MeanRecordDetector.RuleName when facts.RecordSpan is { } span =>
            $" is {Extreme(facts, span)}: {Seen(facts)}",
        MeanRecordDetector.RuleName or LevelShiftDetector.RuleName => $" has moved to another level: {Seen(facts)}",
        TimeOfDayDetector.RuleName => $" is {Side(facts)} for this hour: {Seen(facts)}",
        SeasonalResidualDetector.RuleName => $" is {Side(facts)} for this half-hour of the day: {Seen(facts)}",
        NearestShapeDetector.RuleName => $" shows a shape not seen before: {Seen(facts)}",
        VarianceChangeDetector.RuleName => $" varies more or less than usual: {Seen(facts)}",
        SpectralResidualDetector.RuleName => $" deviates from its recent pattern: {Seen(facts)}",
        HalfSpaceTreesDetector.RuleName => $" is in a range rarely seen recently: {Seen(facts)}",
        AutoencoderDetector.RuleName => $" does not follow its usual pattern: {Seen(facts)}",
        PageHinkleyDetector.RuleName => $" is drifting {(facts.IsHigh ? "up" : "down")}: {Seen(facts)}",
        _ when double.IsNaN(facts.Expected) => $" is unusual: {Value(facts)}",
        _ => $" is {Side(facts)}: {Seen(facts)}",
    };

    private static string Description(AlertFacts facts)
    {
        var start = Course(facts) + Band(facts);
        if (facts.Change is AlertChange.Recovered or AlertChange.Quieted && facts.IsCode)
            return start + $"{(facts.Xid is null ? "Codes" : "XID codes")} are reported only when they change. This alert closing does "
            + $"not mean the cause is fixed.";
        if (facts.HasLostItsBurst) return start + EnglishHabitText.Over;
        if (facts.Change.IsEnd()) return start + Endings.InEnglish(facts.Change, facts.Span);
        return start + Reason(facts) + EnglishDriftText.Moved(facts.Moves) + QualityText.InEnglish(facts.Parts) + (facts.Agreeing.Count == 0
            ? ""
            : $" Unusual at the same time: {string.Join(", ", facts.Agreeing)}.") + facts.Held?.InEnglish + Returned(facts.Returned)
            + EnglishHabitText.Total(facts);
    }

    /// <summary>The sentence of a fault that returns; empty where none does.</summary>
    internal static string Returned(Timestamp? before) => before is { } ended
        ? $" The same fault was critical before and ended at {Numbers.Clock(ended)}. It is critical at once when it returns."
        : "";

    private static string Reason(AlertFacts facts) => facts.Detector switch
    {
        DetectorSet.NonFinite when IsFinite(facts) => "Before, the producer reported values that are not finite.",
        DetectorSet.NonFinite => "The producer itself reports this value.",
        LostReadings.RuleName when IsFinite(facts) => "The exporter reads the device again.",
        LostReadings.RuleName =>
            "The exporter sends this blank when it can't read the device. Nothing can be judged until readings return.",
        ErrorCodeTracker.RuleName when facts.Xid is { } xid => XidCodes.Find(xid) is null
            ? "This XID is not in the built-in table; NVIDIA's XID catalogue lists it. XID codes alert once per change."
            : "XID codes alert once per change; this alert closing will not mean that the cause is fixed.",
        ErrorCodeTracker.RuleName when LostTargets.IsAbout(facts) => LostTargets.ReasonInEnglish,
        ErrorCodeTracker.RuleName when LostTargets.IsOne(facts) => LostTargets.ReasonOfOneInEnglish,
        ErrorCodeTracker.RuleName when DataNotice.IsAbout(facts) => DataNotice.ReasonInEnglish(facts),
        ErrorCodeTracker.RuleName => "The code changed. Look it up in the exporter's documentation.",
        BurstBook.RuleName when facts.Missed is { } missed => EnglishHabitText.Reason(missed),
        DetectorSet.NoProgress => EnglishEngineText.Reason,
        FrozenValueDetector.RuleName when !facts.IsStuck => "The value moves again after it stood still.",
        FrozenValueDetector.RuleName =>
            "The value used to move and now repeats exactly: the exporter or the job may hang and send its last reading again and again.",
        ConstantChangeDetector.RuleName => "The value was constant for all or nearly all of the known past; the new value has lasted.",
        DetectorSet.Peers when facts.Peers is { } peers => EnglishPeerText.Description(peers, facts.Unit),
        _ => $"{Past(facts)}{Rarity.InEnglish(facts.Score, facts.Line, facts.History)}"
            + (facts.Leading is { } leading ? $"Highest-scoring detector: {leading}." : $"Opened by the detector {facts.Detector}.")
            + EnglishPeerText.Besides(facts),
    };

    // "50 ms → 56 ms since 02:40": from what was expected to what is seen.
    private static string Course(AlertFacts facts)
    {
        // The step is that of the sample: at the onset it was another one.
        var step = facts.Sample.Step == Samples.Sample.NoStep ? ""
            : facts.Change.IsEnd() ? $" (last training step: {facts.Sample.Step})" : $" (training step now: {facts.Sample.Step})";
        if (!facts.HasCourse) return $"Began {Numbers.Clock(facts.Onset)}{step}. ";
        var (value, expected) = Numbers.Pair(facts.Sample.Value, facts.Expected, facts.Unit);
        var since = $"since {Numbers.Clock(facts.Onset)}{step}. ";
        if (facts.IsStuck) return $"At {Value(facts)} {since}";
        return value == expected ? $"At {value} {since}" : $"{expected} → {value} {since}";
    }

    // An end that is no recovery names what it did not come back to; a recovery whose value is just outside says nothing of the band.
    private static string Band(AlertFacts facts)
    {
        if (facts.IsMissed || facts.IsHang) return "";
        if (!double.IsFinite(facts.Lower) || !double.IsFinite(facts.Upper) || (facts.Change == AlertChange.Recovered
            && !facts.IsInsideBand)) return "";
        var (lower, upper) = Numbers.Pair(facts.Lower, facts.Upper, facts.Unit);
        if (facts.IsFarFromPeersOnly) return $"Compared with its own past alone it is normal ({lower} to {upper}). ";
        return lower == upper ? $"Normal: {lower}. " : $"Normal: {lower} to {upper}. ";
    }

    private static string Seen(AlertFacts facts)
    {
        if (!double.IsFinite(facts.Expected)) return Value(facts);
        var (value, expected) = Numbers.Pair(facts.Sample.Value, facts.Expected, facts.Unit);
        if (value == expected) return value;
        // Of a distance that is usually about 0, a multiple says nothing.
        return facts.Kind != MetricKind.DataDrift && DeviationText.Of(facts.Sample.Value, facts.Expected, facts.Unit) is { } away
            ? $"{value}, expected {expected} ({away.InEnglish()})"
            : $"{value}, expected {expected}";
    }

    private static string Code(AlertFacts facts) => facts.Xid is not { } xid ? $"code {Value(facts)}"
        : XidCodes.Find(xid) is { } known ? $"XID {xid}: {known.English}" : $"XID {xid}";

    private static bool IsFinite(AlertFacts facts) => double.IsFinite(facts.Sample.Value);

    private static string Side(AlertFacts facts) => facts.IsHigh ? "high" : "low";

    private static string Value(AlertFacts facts) => Numbers.Show(facts.Sample.Value, facts.Unit);

    private static string Past(AlertFacts facts) => facts.RecordSpan is { } span ? $"The value is {Extreme(facts, span)}. " : "";

    private static string Extreme(AlertFacts facts, Series.RecordSpan span)
    {
        var (most, length) = (facts.IsHigh ? "highest" : "lowest", facts.LengthOf(span));
        return span.IsEver
            ? $"the {most} since this series began {Rarity.AgeInEnglish(length)} ago"
            : $"the {most} in {Durations.AtLeastInEnglish(length)}";
    }
}
