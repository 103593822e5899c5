using LeptonStream.Alerting;
using LeptonStream.Series;

namespace LeptonStream.Core.Tests.Updates;

/// <summary>A version that is worse is an alert; any other change of a version is for the record.</summary>
public sealed class ForTheRecordTests
{
    [TestCase("LeptonStreamModelUpdate", "info", false, true, true)]
    [TestCase("LeptonStreamModelUpdate", "warning", true, true, false)]
    [TestCase("LeptonStreamTrainingAnomaly", "info", false, false, true)]
    [TestCase("LeptonStreamVerdict", "info", false, true, false)]
    public void TargetsOf_AnAlert_AreRoutesThatAskForIt(string alertName, string severity, bool all, bool byKind, bool bySeverity)
    {
        var labels = LabelSet.Of(("alertname", alertName), ("severity", severity), ("kind", "model_update"));
        Assert.That(Count(Routes()), Is.EqualTo(all ? 1 : 0));
        Assert.That(Count(Routes(Asking("kind", "model_update"))), Is.EqualTo(byKind ? 1 : 0));
        Assert.That(Count(Routes(Asking("severity", "info"))), Is.EqualTo(bySeverity || all ? 1 : 0));

        int Count(RouteTree routes) => new AlertPipeline(routes).TargetsOf(labels).Count;
    }

    private static RouteConfig Asking(string label, string value) => new() { Matchers = [Matcher.Of(label, MatchOperator.Equal, value)] };

    private static RouteTree Routes(params RouteConfig[] below) =>
        new(new(new() { Receiver = "all", Routes = below }, [new("all", [])]));
}
