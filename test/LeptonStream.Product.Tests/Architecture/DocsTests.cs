using System.CommandLine;
using System.Text.RegularExpressions;
using LeptonStream.Cli.CommandLine;
using LeptonStream.Cli.Settings;
using LeptonStream.Detectors;
using LeptonStream.Testing;

namespace LeptonStream.Product.Tests.Architecture;

/// <summary>A page that names a file, a test, a setting or a command names one that is there.</summary>
public sealed partial class DocsTests
{
    private static readonly string Root = SharedFolder.RepositoryRoot;

    private static readonly string[] Sources =
        [.. ((string[])["src", "test"])
            .SelectMany(part => Directory.GetFiles(Path.Combine(Root, part), "*.*", SearchOption.AllDirectories))];

    private static readonly RootCommand Lepton = LeptonCommand.Create();

    private static IEnumerable<string> Pages => Directory.GetFiles(Root, "*.md")
        .Concat(Directory.GetFiles(Path.Combine(Root, "docs"), "*.md", SearchOption.AllDirectories))
        .Append(Path.Combine(Root, "helm", "leptonstream", "README.md"))
        .Select(file => Path.GetRelativePath(Root, file))
        .Order(StringComparer.Ordinal);

    [TestCaseSource(nameof(Pages))]
    public void Links_OfAPage_LeadSomewhere(string page)
    {
        var folder = Path.GetDirectoryName(Path.Combine(Root, page))!;
        var dead = from link in Link().Matches(Read(page)).Select(match => match.Groups[1].Value)
                   where !link.Contains("://", StringComparison.Ordinal)
                   let parts = link.Split('#')
                   let file = parts[0].Length == 0 ? Path.Combine(Root, page) : Path.GetFullPath(Path.Combine(folder, parts[0]))
                   where !Path.Exists(file) || (parts.Length > 1 && !Anchors(file).Contains(parts[1]))
                   select link;

        Assert.That(dead, Is.Empty);
    }

    [TestCaseSource(nameof(Pages))]
    public void SourceFiles_NamedInAPage_Exist(string page)
    {
        // What a change log tells of may be gone since.
        if (page == "CHANGELOG.md") return;
        var missing = SourceFile().Matches(Read(page)).Select(match => match.Groups[1].Value)
            .Where(name => !Sources.Any(file => file.EndsWith("/" + name, StringComparison.Ordinal)
                || file.EndsWith("/LeptonStream." + name, StringComparison.Ordinal)));

        Assert.That(missing, Is.Empty);
    }

    [Test]
    public void Names_InContributing_AreInTheCode()
    {
        var code = string.Concat(Sources.Where(file => file.EndsWith(".cs", StringComparison.Ordinal)).Select(File.ReadAllText));
        var named = TypeName().Matches(Read("CONTRIBUTING.md")).Select(match => match.Groups[1].Value).Distinct().ToArray();

        Assert.That(named, Has.Length.GreaterThan(8));
        Assert.That(named.Where(name => !Regex.IsMatch(code, $@"\b{name}\b")), Is.Empty);
    }

    [Test]
    public void Tests_NamedInGuarantees_Exist()
    {
        var tests = Sources.Where(file => file.EndsWith("Tests.cs", StringComparison.Ordinal))
            .Select(file => (Class: Path.GetFileNameWithoutExtension(file), Text: File.ReadAllText(file))).ToArray();
        var named = TestName().Matches(Read("docs/guarantees.md")).Select(match => match.Groups[1].Value).ToArray();
        var missing = named.Where(name => !tests.Any(test => test.Class == name || Regex.IsMatch(test.Text, Call(name))));

        Assert.That(named, Has.Length.GreaterThan(10));
        Assert.That(missing, Is.Empty);
    }

    [TestCaseSource(nameof(Pages))]
    public void Settings_NamedInAPage_AreKnown(string page) =>
        Assert.That(Setting().Matches(Read(page)).Select(match => SettingsCatalog.Check(match.Value, null)).OfType<string>(), Is.Empty);

    [TestCaseSource(nameof(Pages))]
    public void Commands_OfAPage_AreKnown(string page) =>
        Assert.That(CommandLine().Matches(Read(page)).Select(match => Unknown(match.Groups[1].Value)).OfType<string>(), Is.Empty);

    [TestCase("nonsense --json", ExpectedResult = "nonsense")]
    [TestCase("backtest series/ --sorces out", ExpectedResult = "--sorces")]
    [TestCase("topics create --bootstrap-servers kafka:9092", ExpectedResult = null)]
    public string? Commands_ThatAreUnknown_AreFound(string line) => Unknown(line);

    [Test]
    public void Detectors_HaveAPageEach_AndNoOtherHas()
    {
        string[] beside = ["early-warning", "isolation-forest", "joint-surprise", "no-progress", "non-finite", "peers"];
        var pages = Directory.GetFiles(Path.Combine(Root, "docs", "detectors")).Select(Path.GetFileNameWithoutExtension);

        Assert.That(pages, Is.EquivalentTo(DetectorCatalog.All.Select(detector => detector.Name).Concat(beside)));
    }

    // A name may be cut.
    private static string Call(string test) => $@"\b{test.TrimEnd('…')}{(test.EndsWith('…') ? "" : @"\(")}";

    // The first word that the program does not know, or null.
    private static string? Unknown(string line)
    {
        Command command = Lepton;
        var options = Lepton.Options.SelectMany(Names).Append("--verbose").ToHashSet();
        foreach (var word in line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word.Trim('[', ']', '.', ',', ')')))
        {
            if (word.StartsWith("--", StringComparison.Ordinal))
            {
                if (!options.Contains(word)) return word;
            }
            else if (command.Subcommands.FirstOrDefault(known => known.Name == word) is { } inner)
            {
                command = inner;
                options.UnionWith(inner.Options.SelectMany(Names));
            }
            else if (command == Lepton)
            {
                return word;
            }
        }

        return null;
    }

    private static IEnumerable<string> Names(Option option) => option.Aliases.Append(option.Name);

    // As GitHub makes them: small letters, no signs, a dash for each blank.
    private static IEnumerable<string> Anchors(string page) => File.ReadLines(page)
        .Where(line => line.StartsWith('#'))
        .Select(line => NoWord().Replace(line.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-'));

    private static string Read(string page) => File.ReadAllText(Path.Combine(Root, page));

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"`([\w./]+\.(?:cs|csproj|js|sql))`")]
    private static partial Regex SourceFile();

    [GeneratedRegex(@"`(\w+Tests|[A-Z]\w*_\w+…?)`")]
    private static partial Regex TestName();

    [GeneratedRegex(@"`(?:\w+\.)?([A-Z][A-Za-z]*[a-z][A-Za-z]*)(?:<\w+>)?`")]
    private static partial Regex TypeName();

    [GeneratedRegex(@"\b(?:Kafka|Storage|Detector|Notifier|Dashboard|Health):[A-Z]\w+")]
    private static partial Regex Setting();

    [GeneratedRegex(@"(?:^ {4,}|`)lepton ((?:(?! {2,}|#|`|\||;|'|\n).)+)", RegexOptions.Multiline)]
    private static partial Regex CommandLine();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NoWord();
}
