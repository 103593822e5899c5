using LeptonStream.Series;

namespace LeptonStream.Alerting.Remediation;

/// <summary>An action that did not help: the notifications of its alert say so while it fires.</summary>
/// <param name="Policy">The policy that started it.</param>
/// <param name="Reason"><see cref="NotRecovered"/>, or the error of its execution.</param>
public sealed record FailedAction(string Policy, string Reason)
{
    /// <summary>The annotation that names the policy.</summary>
    public const string Annotation = "action_failed";

    /// <summary>The reason of an action after which the alert did not recover in time.</summary>
    public const string NotRecovered = "not_recovered";

    /// <summary>The annotations of the alert with the failure before its summary, in each language that has one.</summary>
    /// <param name="annotations">The annotations that it has.</param>
    public LabelSet Annotate(LabelSet annotations)
    {
        ArgumentNullException.ThrowIfNull(annotations);
        var isDone = Reason == NotRecovered;
        var all = annotations.With((Annotation, Policy));
        if (annotations["summary"] is { } english)
            all = all.With(("summary", isDone
                ? $"The action {Policy} failed, the alert did not recover: {english}"
                : $"The action {Policy} failed ({Reason}): {english}"));
        if (annotations["summary_zh"] is { } chinese)
            all = all.With(("summary_zh", isDone
                ? $"自动操作 {Policy} 失败，告警未恢复：{chinese}"
                : $"自动操作 {Policy} 失败（{Reason}）：{chinese}"));
        return all;
    }
}
