using LeptonStream.Alerts;
using LeptonStream.Notifier.Routing;
using LeptonStream.Series;

namespace LeptonStream.Notifier.Remediation;

/// <summary>Which alerts may start actions at all: none that only shows that alerts arrive, or that is for the record.</summary>
internal static class ActionTriggers
{
    public static bool MayStart(LabelSet labels) => labels["alertname"] is var name && name is not (ReceiverTest.AlertName or "Watchdog")
        && !AlertsForTheRecord.Has(name) && !AlertsForTheRecord.IsInfo(labels) && labels["test"] != "true";
}
