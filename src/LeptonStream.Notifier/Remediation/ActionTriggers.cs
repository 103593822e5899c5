using LeptonStream.Alerts;
using LeptonStream.Notifier.Routing;
using LeptonStream.Series;

namespace LeptonStream.Notifier.Remediation;

/// <summary>Which alerts may start actions at all: none that only shows that alerts arrive, or that is for the record.</summary>
internal static class ActionTriggers
{
    private static readonly string[] Never = [ReceiverTest.AlertName, "Watchdog", StateGapNames.AlertName, VerdictNames.AlertName];

    public static bool MayStart(LabelSet labels) => !Never.Contains(labels["alertname"]) && labels["test"] != "true";
}
