using LeptonStream.Alerting;
using LeptonStream.Notifier.Routing;
using LeptonStream.Series;
using LeptonStream.Testing;
using YamlDotNet.RepresentationModel;

namespace LeptonStream.Integration.Tests.Notifier;

/// <summary>Files of Alertmanager's own: they load or are refused as there, and route alerts as there.</summary>
public sealed class AlertmanagerConfigTests
{
    private const int LabelSets = 1_000;
    private const int HeldAgainstAmtool = 20;

    // What the files of others leave out.
    private const string Intricate =
        """
        route:
          receiver: root
          routes:
            - matchers: [team=~"a|b", env!=test]
              receiver: ab
              continue: true
              routes:
                - matchers: ['{severity="critical", zone=~"eu-.*"}']
                  receiver: eu
                - match: {severity: critical}
                  match_re: {zone: "us-[0-9]+"}
                  receiver: us
                  continue: true
                - matchers: [severity!~"info|debug", 'zone=""']
                  receiver: nowhere
            - matchers: ['"team"=b', owner!=""]
              receiver: owned
            - matchers: ['zone=~"[[:lower:]]+-[[:digit:]x]"', 'severity=~"(?i)CRIT.*"']
              receiver: classes
            - matchers: [owner=]
              continue: true
            - matchers: [zone!~".+", 'env=~""']
              receiver: bare
              routes:
                - receiver: all-below
        receivers: [{name: root}, {name: ab}, {name: eu}, {name: us}, {name: nowhere}, {name: owned}, {name: bare}, {name: all-below},
          {name: classes}]
        """;

    public static IEnumerable<string> Files() => SharedFolder.Find("data/alertmanager-configs") is { } folder
        ? Directory.GetFiles(folder, "*.yml").Order(StringComparer.Ordinal).Select(file => Path.GetFileName(file))
        : [];

    [TestCaseSource(nameof(Files))]
    public async Task Parse_FileOfAlertmanager_LoadsOrIsRefusedAsThere(string name)
    {
        using var file = WithSecrets(await File.ReadAllTextAsync(Path.Combine(SharedFolder.Require("data/alertmanager-configs"), name)));
        var (isSound, text) = await Amtool.CheckConfig(file.Path);

        _ = RoutingFile.Parse(await File.ReadAllTextAsync(file.Path), "f", out var errors);

        if (isSound) Assert.That(errors, Has.All.Match(@"^f:\d+: receivers\[\d+\]\.[a-z0-9]+_configs"), "channels that we lack are named");
        else Assert.That(errors, Is.Not.Empty, text);
    }

    [TestCaseSource(nameof(Files))]
    public async Task Match_FileOfAlertmanager_RoutesAsThere(string name) =>
        await Compare(await File.ReadAllTextAsync(Path.Combine(SharedFolder.Require("data/alertmanager-configs"), name)));

    [Test]
    public Task Match_IntricateFile_RoutesAsAlertmanager() => Compare(Intricate);

    private static async Task Compare(string yaml)
    {
        using var file = new TempFile(WithoutChannels(yaml));
        var (isSound, text) = await Amtool.CheckConfig(file.Path);
        var routing = RoutingFile.Parse(await File.ReadAllTextAsync(file.Path), "f", out var errors);
        Assert.That(errors.Count == 0, Is.EqualTo(isSound), text);
        if (!isSound) return;
        var sets = LabelSetsFor(routing!.Routes).ToArray();

        await using var alertmanager = await Alertmanager.Start(await File.ReadAllTextAsync(file.Path));
        var expected = await alertmanager.Route(sets);

        Assert.That(expected, Has.Count.EqualTo(sets.Length));
        foreach (var labels in sets)
            Assert.That(Receivers(routing.Routes, labels), Is.EqualTo(expected[labels.ToString()]), labels.ToString());
        foreach (var labels in sets.Take(HeldAgainstAmtool))
            Assert.That(await Amtool.Route(file.Path, labels), Is.EqualTo(expected[labels.ToString()]), labels.ToString());
    }

    private static string[] Receivers(RouteTree routes, LabelSet labels) =>
        [.. routes.Match(labels).Select(route => route.Receiver.Name)];

    // Of the names and values that the matchers know, and some that they don't.
    private static IEnumerable<LabelSet> LabelSetsFor(RouteTree routes)
    {
        var random = new Random(20261129);
        var values = All(routes.Root).SelectMany(route => route.Matchers).GroupBy(matcher => matcher.Name).ToDictionary(
            matchers => matchers.Key,
            matchers => matchers.SelectMany(ValuesOf).Concat(["", "x", "critical"]).Distinct().ToArray());
        for (var number = 0; number < LabelSets; number++)
        {
            var labels = values.Select(pair => KeyValuePair.Create(pair.Key, pair.Value[random.Next(pair.Value.Length)]))
                .Append(KeyValuePair.Create("number", $"{number}"));
            yield return LabelSet.Of(labels);
        }
    }

    private static IEnumerable<string> ValuesOf(Matcher matcher) => matcher.Value.Split('|').SelectMany(part =>
    {
        var text = part.Replace("^", "").Replace("$", "").Replace("(?:", "").Replace("(", "").Replace(")", "");
        return new[] { text, text.Replace(".*", "1").Replace(".+", "1").Replace("[0-9]+", "7").Replace("[12]", "2"), text + "x", "eu-7" };
    });

    private static IEnumerable<Route> All(Route route) => route.Routes.SelectMany(All).Prepend(route);

    // Alertmanager reads the files of secrets when it sends, LeptonStream when it loads: here they are there.
    private static TempFile WithSecrets(string yaml)
    {
        var secret = Path.GetTempFileName();
        File.WriteAllText(secret, "http://secret.example.com/");
        return new TempFile(yaml.Replace("/global_file", secret).Replace("/override_file", secret), secret);
    }

    private static string WithoutChannels(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        if (stream.Documents[0].RootNode is not YamlMappingNode root) return yaml;
        root.Children.Remove("global");
        foreach (var receiver in ((YamlSequenceNode)root["receivers"]).Cast<YamlMappingNode>())
            foreach (var field in receiver.Children.Keys.Where(IsChannels).ToArray()) receiver.Children.Remove(field);

        var text = new StringWriter();
        stream.Save(text, assignAnchors: false);
        return text.ToString();
    }

    private static bool IsChannels(YamlNode field) => field.ToString().EndsWith("_configs", StringComparison.Ordinal);

    private sealed class TempFile : IDisposable
    {
        private readonly string[] _others;

        public TempFile(string text, params string[] others)
        {
            _others = others;
            Path = System.IO.Path.GetTempFileName();
            File.WriteAllText(Path, text);
        }

        public string Path { get; }

        public void Dispose()
        {
            foreach (var file in _others.Append(Path)) File.Delete(file);
        }
    }
}
