using LeptonStream.Detection;
using LeptonStream.Detection.Cleaning;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Policies;

namespace LeptonStream.Explanations;

/// <summary>The explanation in English: fixed sentences, filled with the facts of the story.</summary>
internal static class EnglishText
{
    public static Alerts.Explanation Explain(AlertFacts story) => new(Summary(story), Description(story), Actions(story.Change, story.Kind));

    private static string Summary(AlertFacts story)
    {
        var what = $"{story.Key.Metric} of {story.Key.Model}";
        var where = LabelText.InEnglish(story.Key.Labels);
        return what + where + (story.Change switch
        {
            AlertChange.Recovered when story.IsCode => $" has reported no new code since; {Value(story)} stands",
            AlertChange.Recovered => $" is back to normal at {Value(story)}",
            AlertChange.Accepted => $" stays at {Value(story)}: taken as the new normal",
            _ => story.Detector switch
            {
                "non-finite" => $" is not a finite number ({Value(story)})",
                ErrorCodeTracker.Rule => $" reports code {Value(story)}",
                DetectorSet.Peers when story.Peers is { } peers => $" is {EnglishPeerText.Standing(peers, story.Unit)}",
                "frozen-value" => $" stands still at {Value(story)}",
                "new-extreme" or "record" or "mean-record" when story.RecordSpan is { } unseen => $" is the {Extreme(story, unseen)}: {Value(story)}",
                "mean-record" => $" has moved to another level: {Value(story)}",
                "time-of-day" => $" is {(story.IsHigh ? "high" : "low")} for this hour: {Value(story)}, expected {Numbers.Show(story.Expected, story.Unit)}",
                "nearest-shape" => $" takes a course that it never took before: {Value(story)}, expected {Numbers.Show(story.Expected, story.Unit)}",
                "variance-change" => $" has become more restless or more quiet than usual: {Value(story)}, expected {Numbers.Show(story.Expected, story.Unit)}",
                "seasonal-residual" => $" is {(story.IsHigh ? "high" : "low")} for this half-hour of the day: {Value(story)}, expected {Numbers.Show(story.Expected, story.Unit)}",
                "spectral-residual" => $" stands out of its recent course: {Value(story)}, expected {Numbers.Show(story.Expected, story.Unit)}",
                "half-space-trees" => $" is where it has hardly been of late: {Value(story)}, expected {Numbers.Show(story.Expected, story.Unit)}",
                "autoencoder" => $" takes a course that does not follow its usual pattern: {Value(story)}, expected {Numbers.Show(story.Expected, story.Unit)}",
                "page-hinkley" => $" creeps {(story.IsHigh ? "up" : "down")}: {Value(story)}, expected {Numbers.Show(story.Expected, story.Unit)}",
                "level-shift" => $" has moved to another level: {Value(story)}",
                _ => $" is {(story.IsHigh ? "high" : "low")}: {Value(story)}, expected {Numbers.Show(story.Expected, story.Unit)}{Ratio(story)}",
            },
        });
    }

    private static string Description(AlertFacts story)
    {
        var expected = double.IsFinite(story.Lower)
            ? $"Usual now: {Numbers.Show(story.Lower, story.Unit)} to {Numbers.Show(story.Upper, story.Unit)}, seen: {Value(story)}. "
            : $"Seen: {Value(story)}. ";
        var step = story.Sample.Step == Samples.Sample.NoStep ? "" : $", training step {story.Sample.Step}";
        var since = $"Began {Numbers.Clock(story.Onset)}{step}. ";
        return expected + since + (story.Change switch
        {
            AlertChange.Recovered when story.IsCode => "A code is told once, when it changes: that this alert is closed does not say that its cause is gone.",
            AlertChange.Recovered => "The values have been usual again for several samples, so this alert is closed.",
            AlertChange.Accepted => "It has lasted so long that the new level is learned as normal. If it is not, act on the cause: the alert won't return by itself.",
            _ => story.Detector switch
            {
                "non-finite" => "The producer itself reports a value that is no finite number.",
                ErrorCodeTracker.Rule => "The code was another before. Its meaning is in the documentation of whoever reports it.",
                "frozen-value" => "The value used to move and repeats exactly now: an exporter or a job may hang while its last reading is sent again and again.",
                DetectorSet.Peers when story.Peers is { } peers => EnglishPeerText.Description(peers),
                _ => $"{Past(story)}On this series so unusual a value is expected {Rarity(story.Score)}. Loudest detector: {story.Detector}.{EnglishPeerText.Besides(story)}",
            },
        });
    }

    /// <summary>What to do about a metric of this kind.</summary>
    public static string[] Actions(AlertChange change, MetricKind kind) => change is AlertChange.Recovered ? ["Nothing to do now; look at the chart if it comes back."] : kind switch
    {
        MetricKind.TrainingHealth => ["Compare loss, gradient norm and learning rate at this step.", "If it diverges, stop the job and resume from the last good checkpoint, skipping the batch.", "Check for a change of data, learning rate or precision just before."],
        MetricKind.TrainingSpeed => ["Look for the slow rank or host: compare step time across ranks.", "Check data loading, network and GPU clocks of that host.", "Cordon the host if it stays slow."],
        MetricKind.Latency => ["Check what changed: model version, configuration, traffic mix.", "Look at queue depth and KV-cache usage of the same service.", "Roll back the last release or add replicas."],
        MetricKind.Traffic => ["See whether requests still finish: tokens out against requests running.", "If requests wait and nothing comes out, restart the engine.", "Check the load balancer and upstream clients."],
        MetricKind.Memory => ["See how fast it grows and when it will be full.", "Look for requests that are never released.", "Restart one replica before the limit, then find the leak."],
        MetricKind.Errors => ["Read the logs of the failing requests.", "Check the last deployment and the services it depends on.", "Shed or reroute traffic while the cause is sought."],
        MetricKind.Quality => ["Compare the model version and prompt template with those of yesterday.", "Check the input data of the canary.", "Roll back the model if quality stays low."],
        MetricKind.Pipeline => ["Check the upstream job and its last run.", "Hold training or indexing on this data until it is clean.", "Backfill when the source is repaired."],
        MetricKind.GpuFault => ["Read the kernel log of the host for XID and ECC messages.", "Drain the GPU; reboot the host if the fault asks for it.", "Have the hardware inspected when it comes back after a reboot."],
        MetricKind.GpuThermal => ["Check fans, inlet temperature and power limit of the host.", "Compare with the neighbouring GPUs.", "Move work away if clocks are throttled."],
        _ => ["Look at the chart and at other metrics of the same model at this time.", "Ask what changed at the onset."],
    };

    private static string Value(AlertFacts story) => Numbers.Show(story.Sample.Value, story.Unit);

    private static string Past(AlertFacts story) => story.RecordSpan is { } unseen ? $"The value is the {Extreme(story, unseen)}. " : "";

    private static string Extreme(AlertFacts story, Series.RecordSpan unseen)
    {
        var (most, length) = (story.IsHigh ? "highest" : "lowest", Durations.AtLeastInEnglish(unseen.Length));
        return unseen.IsEver ? $"{most} ever seen (in {length})" : $"{most} in {length}";
    }

    private static string Ratio(AlertFacts story) => story.Ratio is { } ratio && Math.Abs(ratio - 1) >= 0.005 ? $" ({Numbers.Show(ratio)} times)" : "";

    /// <summary>How often so high a score is expected.</summary>
    public static string Rarity(double score) => score switch
    {
        >= 2 => "practically never",
        >= 1.3 => "less than once a quarter",
        _ => "about once a week or less",
    };
}
