using System.Text.Json;
using LeptonStream.Cli.Alerts;
using LeptonStream.Testing;

namespace LeptonStream.Product.Tests.Cli;

/// <summary>The words of <c>lepton alerts</c>: all that the dashboard can answer, in both languages.</summary>
public sealed class AlertsWordsTests
{
    [Test]
    public void Term_InChinese_IsThatOfThePage([Values("severity.", "ended.", "muted.")] string set)
    {
        var words = AlertsWords.Of("zh-CN");
        var terms = Terms(set).ToList();

        Assert.That(terms, Has.Count.GreaterThan(2));
        Assert.That(terms.Select(term => (term.Name, words.Term(term.Name))), Is.EqualTo(terms));
    }

    [Test]
    public void Term_OfACause_IsInWords()
    {
        var words = AlertsWords.Of("en");

        Assert.That(Terms("muted.").Select(term => term.Name).Where(name => words.Term(name) == name), Is.Empty);
    }

    [Test]
    public void Seen_SaysHowManyOfAllWereLookedAt()
    {
        Assert.That(AlertsWords.Of("en").Seen(1_200, 1_000), Is.EqualTo("of 1200 alerts, the 1000 most urgent were looked at"));
        Assert.That(AlertsWords.Of("zh-CN").Seen(1_200, 1_000), Is.EqualTo("共 1200 条告警，仅查看了最紧急的 1000 条"));
    }

    // A silence has words of its own, with its end.
    private static IEnumerable<(string Name, string Text)> Terms(string set)
    {
        var file = Path.Combine(SharedFolder.RepositoryRoot, "src/LeptonStream.Dashboard/wwwroot/catalogue/zh-CN.json");
        return from entry in JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllText(file))!
               where entry.Key.StartsWith(set, StringComparison.Ordinal) && entry.Key != "muted.silence"
               select (entry.Key[set.Length..], entry.Value);
    }
}
