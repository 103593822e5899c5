using System.Text.Json;
using System.Text.RegularExpressions;
using LeptonStream.Dashboard;
using LeptonStream.Health;

namespace LeptonStream.Roles.Tests.Dashboard;

/// <summary>The words of the page: the same in every language, all used, none missing.</summary>
public sealed partial class CatalogueTests
{
    // Sets whose keys are put together at run time.
    private static readonly string[] Sets = ["severity.", "status.", "type.", "ended.", "section.", "help.", "connection.", "duration.",
        "problem.", "kafka.", "role.", "act.", "care.", "deed.", "delivery.", "notified.",
        "suppressed.", "error.", "muted.", "trouble.", "silences.state.", "action.", "update.is."];

    [Test]
    public void Chinese_HasTheKeysAndSlotsOfEnglish()
    {
        var english = Read("en");
        var chinese = Read("zh-CN");

        // Chinese has one plural form.
        Assert.That(chinese.Keys, Is.EquivalentTo(english.Keys.Where(k => !k.EndsWith(".one", StringComparison.Ordinal))));
        foreach (var (key, text) in chinese)
            Assert.That(Slots(text), Is.EquivalentTo(Slots(english[key])), key);
    }

    [Test]
    public void Chinese_IsTranslated()
    {
        var english = Read("en");
        var alike = Read("zh-CN").Where(entry => english[entry.Key] == entry.Value && Letters().IsMatch(Slot().Replace(entry.Value, "")))
            .Select(entry => entry.Key);

        Assert.That(alike, Is.EquivalentTo(new[]
            { "help.act.key", "help.enter.key", "help.escape.key", "help.jk.key", "help.p.key", "help.t.key" }));
    }

    [Test]
    public void Problems_OfRoles_AreSaidAsInTheLog()
    {
        var english = Read("en");
        foreach (var (code, sentence) in RoleProblem.Sentences)
            Assert.That(english[$"problem.{RoleProblem.NameOf(code)}"], Is.EqualTo(sentence), $"{code}");
        Assert.That(RoleProblem.Sentences.Keys, Is.EquivalentTo(Enum.GetValues<ProblemCode>()));
    }

    [Test]
    public void Keys_UsedByThePage_AreThere()
    {
        var english = Read("en");
        var used = Sources().SelectMany(source => Used().Matches(source)).Select(m => m.Groups[1].Value).ToHashSet();

        Assert.That(used, Has.Count.GreaterThan(40));
        Assert.That(used.Where(key => !english.ContainsKey(key) && !english.ContainsKey(key + ".other")), Is.Empty);
    }

    [Test]
    public void Keys_OfTheCatalogue_AreUsed()
    {
        var sources = string.Join('\n', Sources());
        var unused = Read("en").Keys.Where(key => !sources.Contains($"'{Plural().Replace(key, "")}'", StringComparison.Ordinal)
            && !sources.Contains($"\"{key}\"", StringComparison.Ordinal)
            && !Sets.Any(set => key.StartsWith(set, StringComparison.Ordinal)));

        Assert.That(unused, Is.Empty);
    }

    private static SortedDictionary<string, string> Read(string language) =>
        JsonSerializer.Deserialize<SortedDictionary<string, string>>(ReadText($"wwwroot/catalogue/{language}.json"))!;

    private static IEnumerable<string> Sources() => typeof(DashboardHost).Assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith("wwwroot/js/", StringComparison.Ordinal) || name == "wwwroot/index.html").Select(ReadText);

    private static string ReadText(string name)
    {
        using var reader = new StreamReader(typeof(DashboardHost).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }

    private static IEnumerable<string> Slots(string text) => Slot().Matches(text).Select(m => m.Value);

    [GeneratedRegex(@"\{\w+\}")]
    private static partial Regex Slot();

    [GeneratedRegex("[A-Za-z]")]
    private static partial Regex Letters();

    [GeneratedRegex(@"\.(one|other)$")]
    private static partial Regex Plural();

    [GeneratedRegex(@"(?:\bt\('|data-(?:label|placeholder)="")([a-z.\-]+)['""]")]
    private static partial Regex Used();
}
