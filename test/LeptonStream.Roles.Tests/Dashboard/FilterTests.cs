using LeptonStream.Alerting;
using LeptonStream.Series;
using LeptonStream.Testing.Browsers;

namespace LeptonStream.Roles.Tests.Dashboard;

/// <summary>The page's filter means what the notifier's matchers mean.</summary>
public sealed class FilterTests
{
    private static readonly LabelSet Labels = LabelSet.Of(
        ("severity", "critical"), ("model", "llama-70b"), ("path", "C:\\tmp"), ("quote", "a\"b"), ("line", "one\ntwo"), ("my label", "x"),
        ("zone:a.b-c", "1"));

    [Test]
    public async Task Matchers_InThePage_AgreeWithTheNotifiers()
    {
        string[] matchers =
        [
            "severity=critical", "severity=Critical", "severity!=critical", "severity = critical", "severity=\"critical\"",
            "severity=~\"crit.*\"", "severity=~\"crit\"",
            "severity=~crit.*", "severity!~\"warn.*\"", "severity!~\"c.*\"", "model=~\"llama-(8|70)b\"", "absent=\"\"", "absent=",
            "absent!=\"\"", "absent=~\"\"", "absent=~\".*\"",
            "absent!~\".+\"", "path=\"C:\\\\tmp\"", "quote=\"a\\\"b\"", "line=\"one\\ntwo\"", "line=~\"one.two\"", "\"my label\"=\"x\"",
            "\"my label\"=x", "zone:a.b-c=1",
            "severity=~\"critical|warning\"", "model=~\"llama-\\d+b\"", "path=\"C:\\\\name\"", "severity=~\"(\"", "model=~\"[\"",
            "constructor=\"\"", "toString!=\"\"",
        ];
        await using var dashboard = await RunningDashboard.Start();
        await using var page = await Browser.Open(dashboard.Address);
        var verdicts = await page.Page.EvaluateAsync<string[]>("""
            async ({ matchers, labels }) => {
              const app = document.querySelector('script[type=module]').src;
              const { parseFilter } = await import(new URL('matchers.js', app));
              return matchers.map(text => {
                const { accepts, wrong } = parseFilter(text);
                return wrong ? 'wrong' : String(accepts(labels, ''));
              });
            }
            """, new { matchers, labels = Labels.ToDictionary(l => l.Key, l => l.Value) });

        using (Assert.EnterMultipleScope())
        {
            for (var i = 0; i < matchers.Length; i++)
            {
                var expected = !Matcher.TryParse(matchers[i], out var matcher, out _)
                    ? "wrong"
                    : matcher!.Accepts(Labels) ? "true" : "false";
                Assert.That(verdicts[i], Is.EqualTo(expected), matchers[i]);
            }
        }
    }
}
