using System.Globalization;
using LeptonStream.Alerts;
using LeptonStream.Feedback;

namespace LeptonStream.Explanations;

/// <summary>The explanation of a change by a verdict in English.</summary>
internal static class EnglishVerdictText
{
    public static Explanation Explain(VerdictChange change)
    {
        var given = change.Feedback;
        return new($"{given.Model}{LabelText.InEnglish(given.Labels)}: {Summary(change)}", Description(change),
            [$"To undo it: lepton verdict {given.AlertId} --undo"]);
    }

    private static string Summary(VerdictChange change)
    {
        var (metric, by) = (change.Feedback.Metric, change.Feedback.By);
        return change.Feedback switch
        {
            { Withdrawn: true } => $"{by} withdrew a verdict on {metric}; {Line(change)}",
            { Verdict: Verdict.False } => $"{by} judged an alert on {metric} false; {Line(change)}",
            { Verdict: Verdict.True } => $"{by} confirmed an alert on {metric}; {Line(change)}",
            _ => $"{by} accepted the present level of {metric} as usual",
        };
    }

    private static string Line(VerdictChange change) => change.Feedback.IsOfRule ? "it changes no line: a rule opened the alert"
        : change.Line == change.LineBefore
        ? string.Create(CultureInfo.InvariantCulture, $"its line stays at {change.Line:0.##} × the line of its policy")
        : string.Create(CultureInfo.InvariantCulture,
            $"its line moves from {change.LineBefore:0.##} × to {change.Line:0.##} × the line of its policy");

    private static string Description(VerdictChange change) => change switch
    {
        { Accepts: true } => "An open alert of the series ends as accepted, and it is judged by its present level.",
        { Feedback.Withdrawn: true } => "The other verdicts on the series still hold.",
        { Feedback.IsOfRule: true } => $"The rule {change.Feedback.Detector} opened the alert: no line has a part in it, and it opens such "
            + "an alert again. For fewer of them make a silence, or change the rule's limit or `detectors_off` in the policy file.",
        { Feedback.Verdict: Verdict.True } => "No verdict raises the line of the series above half of the score of the confirmed alert.",
        _ => "Only deviations beyond this line open an alert of the series from now on.",
    };
}
