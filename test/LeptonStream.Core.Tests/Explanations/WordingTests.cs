using System.Text.RegularExpressions;
using LeptonStream.Testing;

namespace LeptonStream.Core.Tests.Explanations;

/// <summary>Words that a tired reader stumbles over stay out of explanations, log messages and docs.</summary>
public sealed partial class WordingTests
{
    // Each with what to write instead.
    private static readonly (string Word, string Instead)[] Banned =
    [
        (@"(?i)\bof late\b", "recently"),
        (@"(?i)\banew\b", "again, from the start"),
        (@"(?i)\bfor ever\b", "never stops, until …"),
        (@"(?i)\bpractically never\b", "the number that the budget gives"),
        (@"(?i)\bloudest\b", "highest-scoring"),
        (@"(?i)\bnew normal\b", "new level"),
        (@"(?i)\btold\b", "notified, reported, alerted, known"),
        (@"(?i)\bmend(?:s|ed|ing)?\b", "fix"),
        (@"(?i)\b(?:make|makes|made) again\b", "create again"),
        // A clause in the place of a noun: behind a preposition or 'is'. Behind a verb it may be a question ('says what is wrong').
        (@"(?i)\b(?:of|for|with|from|than|by|beyond|to|in|is|above|against|until|but) what\b(?![^.?!]*\?)",
            "a noun: 'than the expected value', not 'than what was expected'"),
        (@"(?:^|[.:;!?]\s|\*\*\s|\|\s|-\s|"")What\s(?![^.?!""|]*\?)", "a noun: 'A record that can't be read', not 'What can't be read'"),
    ];

    [Test]
    public void Docs_HoldNoBannedWord()
    {
        var root = SharedFolder.RepositoryRoot;
        string[] files = [.. Directory.GetFiles(Path.Combine(root, "docs"), "*.md", SearchOption.AllDirectories),
            .. ((string[])["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "helm/leptonstream/README.md", "helm/leptonstream/values.yaml"])
                .Select(file => Path.Combine(root, file))];

        Assert.That(files, Has.Length.GreaterThan(20));
        Assert.That(files.SelectMany(file => Found(Path.GetRelativePath(root, file), File.ReadLines(file))), Is.Empty);
    }

    [Test]
    public void Explanations_HoldNoBannedWord()
    {
        var folder = Path.Combine(SharedFolder.RepositoryRoot, "src", "LeptonStream.Core", "Explanations");
        var files = Directory.GetFiles(folder, "*.cs");

        Assert.That(files, Has.Length.GreaterThan(10));
        Assert.That(files.SelectMany(file => Found(Path.GetFileName(file), TextsOf(File.ReadAllText(file)))), Is.Empty);
    }

    [Test]
    public void TextsOfCommandsAndPage_HoldNoBannedWord()
    {
        var source = Path.Combine(SharedFolder.RepositoryRoot, "src");
        string[] files = [.. Directory.GetFiles(Path.Combine(source, "LeptonStream.Cli"), "*.cs", SearchOption.AllDirectories),
            Path.Combine(source, "LeptonStream.Dashboard", "wwwroot", "catalogue", "en.json")];

        Assert.That(files, Has.Length.GreaterThan(40));
        Assert.That(files.SelectMany(file => Found(Path.GetFileName(file), TextsOf(WithoutComments(File.ReadAllText(file))))), Is.Empty);
    }

    [Test]
    public void LogMessages_HoldNoBannedWord()
    {
        var source = Path.Combine(SharedFolder.RepositoryRoot, "src");
        var messages = Directory.GetFiles(source, "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => LogMessage().Matches(File.ReadAllText(file)).Select(match =>
                (File: Path.GetFileName(file), Text: match.Value)))
            .ToList();

        Assert.That(messages, Has.Count.GreaterThan(20));
        Assert.That(messages.SelectMany(message => Found(message.File, TextsOf(message.Text))), Is.Empty);
    }

    [TestCase("It has hardly been there of late.")]
    [TestCase("What can't be read is refused.")]
    [TestCase("It is told. What is left stays.")]
    public void ABannedSentence_IsFound(string sentence) => Assert.That(Found("here", [sentence]), Is.Not.Empty);

    [TestCase("A webhook that is told of every alert.")]
    [TestCase("A tenth of what was expected.")]
    [TestCase("A topic that is made again.")]
    [TestCase("It will mend itself.")]
    public void AHouseWord_IsFound(string sentence) => Assert.That(Found("here", [sentence]), Is.Not.Empty);

    [TestCase("It says what is wrong and what to do.")]
    [TestCase("A label that tells them apart.")]
    [TestCase("Made against a recommendation.")]
    [TestCase("What to do?")]
    [TestCase("It is late, and new.")]
    public void AnyOtherSentence_IsNot(string sentence) => Assert.That(Found("here", [sentence]), Is.Empty);

    private static IEnumerable<string> Found(string file, IEnumerable<string> lines) =>
        from line in lines
        from banned in Banned
        where Regex.IsMatch(line, banned.Word)
        select $"{file}: '{line.Trim()}' has {banned.Word}; write {banned.Instead}";

    private static string WithoutComments(string code) => Comment().Replace(code, "");

    private static IEnumerable<string> TextsOf(string code) => Text().Matches(code).Select(match => match.Groups[1].Value);

    [GeneratedRegex(@"(?<!\w)\$?""((?:[^""\\]|\\.)*)""")]
    private static partial Regex Text();

    [GeneratedRegex(@"(?<=^|\s)//.*$", RegexOptions.Multiline)]
    private static partial Regex Comment();

    [GeneratedRegex(@"\[LoggerMessage\((?:[^)""]|""(?:[^""\\]|\\.)*"")*\)\]")]
    private static partial Regex LogMessage();
}
