using System.Text.Json;
using LeptonStream.Cli.Alerts;

namespace LeptonStream.Product.Tests.Cli;

/// <summary>The table of <c>lepton alerts</c>.</summary>
internal sealed class AlertsTableTests
{
    private const string Firing =
        """
        {"alertId":"a1","status":"firing","severity":"critical","onset":"2026-12-01T10:00:00Z","model":"llama","metric":"ttft"}
        """;

    private const string Ended =
        """
        {"alertId":"b2","status":"resolved","severity":"warning","onset":"2026-12-01T08:00:00Z","resolvedAt":"2026-12-01T09:30:00Z",
         "endedReason":"closed","model":"llama","metric":"ttft"}
        """;

    [Test]
    public void Table_OfAlertsThatHaveEnded_ShowsTheirSeverityAndWhenAndHowTheyEnded()
    {
        var lines = Lines(Firing, Ended);

        Assert.That(lines[0], Does.Match("ID +SEVERITY +SINCE +ENDED +END +MODEL"));
        Assert.That(lines[^2], Does.Match("a1 +critical +12-01 10:00:00Z +- +- +llama"));
        Assert.That(lines[^1], Does.Match("b2 +warning +12-01 08:00:00Z +12-01 09:30:00Z +closed +llama"));
    }

    [Test]
    public void Table_OfAVerdict_DoesNotCallItRecovered()
    {
        var verdict = Ended.Replace("\"closed\"", "\"recovered\",\"detector\":\"verdict\"", StringComparison.Ordinal);

        Assert.That(Lines(verdict)[^1], Does.Match("b2 +warning +12-01 08:00:00Z +12-01 09:30:00Z +verdict +llama"));
    }

    [Test]
    public void Table_OfOpenAlertsAlone_HasNoColumnForAnEnd() => Assert.That(Lines(Firing)[0], Does.Match("SINCE +MODEL"));

    private static string[] Lines(params string[] alerts) =>
        AlertsCommand.Table([.. alerts.Select(alert => JsonDocument.Parse(alert).RootElement)], "en").ToString().TrimEnd('\n').Split('\n');
}
