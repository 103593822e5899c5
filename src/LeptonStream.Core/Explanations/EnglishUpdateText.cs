using LeptonStream.Alerts;
using LeptonStream.Detection.Lifecycle;

namespace LeptonStream.Explanations;

/// <summary>The explanation of a change of a model's version in English.</summary>
internal static class EnglishUpdateText
{
    public static Explanation Explain(string model, ModelUpdate update) =>
        new($"{model}: {Summary(update)}", Description(update), Actions(update));

    /// <summary>The end of the alert on a version that is worse.</summary>
    public static Explanation Ended(AlertEvent opened, AlertChange change)
    {
        var update = opened.ModelUpdate!;
        if (update.Verdict != UpdateVerdict.Worse) return opened.English;
        return new($"{opened.Model}: {Summary(update)}; {End(update, change)}", opened.English.Description,
            AdviceOnEnd(update, change));
    }

    private static string End(ModelUpdate update, AlertChange change) => change switch
    {
        AlertChange.Recovered => $"version {update.To} is no longer in use",
        AlertChange.Accepted => "the alert was open for a day and is closed as accepted; it did not recover",
        AlertChange.Superseded => "another version has been compared since",
        _ => "the model has sent no data since; it did not recover",
    };

    private static string[] AdviceOnEnd(ModelUpdate update, AlertChange change) => change switch
    {
        AlertChange.Accepted =>
            [$"If the difference is not acceptable, roll back to {update.From}: this alert will not return by itself."],
        AlertChange.Superseded => ["See the alert on the newer comparison."],
        _ => Endings.AdviceInEnglish(change) ?? [],
    };

    private static string Summary(ModelUpdate update)
    {
        var (from, to) = (update.From, update.To);
        return update.Verdict switch
        {
            UpdateVerdict.Worse => $"version {to} is worse than {from}: {Most(update)}",
            UpdateVerdict.Better => $"version {to} is better than {from}: {Most(update)}",
            UpdateVerdict.Changed => $"version {to} differs from {from}: {Most(update)}",
            UpdateVerdict.Same =>
                $"version {to} does not differ from {from} in {EnglishCount.Of(UpdateText.Known(update).Count, "metric")}",
            _ => $"version {to} follows {from}; there are too few values to compare them",
        };
    }

    private static string Most(ModelUpdate update)
    {
        var all = UpdateText.Of(update, update.Verdict);
        var first = all[0];
        var (before, after) = Numbers.Pair(first.Before!.Value, first.After!.Value, first.Unit);
        return $"{first.Metric} from {before} to {after}"
            + (all.Count == 1 ? "" : $", and {EnglishCount.Of(all.Count - 1, "other metric")}");
    }

    private static string Description(ModelUpdate update)
    {
        var known = UpdateText.Known(update);
        var missing = UpdateText.Of(update, UpdateVerdict.Unknown);
        return $"Version {update.To} came into use at {Numbers.Clock(update.Began)}. "
            + string.Concat(known.Select(metric => Line(metric) + " "))
            + known.Count switch
            {
                0 => "",
                1 => "The interval holds with 95% probability. ",
                _ => "All intervals hold at once with 95% probability. ",
            }
            + (missing.Count == 0 ? "" : $"Too few values: {string.Join(", ", missing.Select(static metric => metric.Metric))}. ")
            + (known.Any(static metric => metric.Method == UpdateMethod.Before)
                ? $"{update.From} was known for too short a time to compare the same hours: the hour of the day is part of the difference. "
                : "")
            + "Deviations of single series have alerts of their own.";
    }

    private static string Line(MetricUpdate metric)
    {
        var (before, after) = Numbers.Pair(metric.Before!.Value, metric.After!.Value, metric.Unit);
        var (lower, upper) = Numbers.Pair(metric.Lower!.Value, metric.Upper!.Value, metric.Unit);
        return $"{metric.Metric}: {before} → {after}, {Verdict(metric)} (interval of the difference {lower} to {upper}; "
            + $"{EnglishCount.Of(metric.SamplesBefore, "value")} {Method(metric.Method)}, {metric.SamplesAfter} now).";
    }

    private static string Verdict(MetricUpdate metric) => metric.Verdict switch
    {
        UpdateVerdict.Worse => "worse",
        UpdateVerdict.Better => "better",
        UpdateVerdict.Changed => "changed",
        _ => "no difference",
    };

    private static string Method(UpdateMethod method) => method switch
    {
        UpdateMethod.SideBySide => "at the same time",
        UpdateMethod.DayBefore => "at the same time the day before",
        _ => "before",
    };

    private static string[] Actions(ModelUpdate update) => update.Verdict switch
    {
        UpdateVerdict.Worse =>
        [
            $"Roll back to {update.From}, or stop the rollout of {update.To}.",
            "Compare prompt template, configuration and data of both versions.",
            "Fine-tune or train again if the version has to stay.",
        ],
        UpdateVerdict.Changed => ["Check whether the change was intended."],
        UpdateVerdict.Unknown => ["Let both versions report the same metrics for two hours at least."],
        _ => ["Nothing to do."],
    };
}
