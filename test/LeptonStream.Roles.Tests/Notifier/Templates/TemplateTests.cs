using LeptonStream.Notifier.Templates;
using LeptonStream.Testing;

namespace LeptonStream.Roles.Tests.Notifier.Templates;

/// <summary>Templates write as Alertmanager's do, and fail where its fail.</summary>
[Parallelizable]
public sealed class TemplateTests
{
    private const string Definitions = """
        {{ define "list" }}{{ range . }}{{ .Labels.instance | toUpper }};{{ else }}none{{ end }}{{ end }}
        {{ define "pair" }}{{ .Name }}={{ .Value }}{{ end }}
        {{ define "labels" }}{{ range .SortedPairs }}{{ template "pair" . }} {{ end }}{{ end }}
        {{- define "deep" -}} {{ if . }}x{{ template "deep" (slice . 1) }}{{ end }} {{- end -}}
        """;

    // What people's files hold, and each function and each sign of the language at least once.
    private static readonly string[] Texts =
    [
        "plain", "", "a {{/* nothing */}} b", "a {{- /* nothing */ -}} b", "  {{- \" x \" -}}  y", "{{ \"q\" }}{{ `raw \\n` }}{{ 'a' }}",
        "{{ \"tab\\tquote\\\" \\u4e2d \\x41\" }}", "{{ 1 }} {{ -2 }} {{ 0x1F }} {{ 1_000 }} {{ 1.5 }} {{ 1e3 }} {{ 1e21 }} {{ 0.00001 }}",
        "{{ true }} {{ false }}", "{{ .Receiver }}", "{{ .ExternalURL }}", "{{ $.Receiver }}", "{{ .GroupLabels }}", "{{ .CommonLabels }}",
        "{{ .GroupLabels.grouplabelkey1 }}", "{{ .GroupLabels.missing }}|", "{{ .CommonAnnotations.commonannotationkey1 }}",
        "{{ .GroupLabels.SortedPairs }}", "{{ .GroupLabels.Names }} {{ .GroupLabels.Values }}", "{{ .GroupLabels.SortedPairs.Names }}",
        "{{ .GroupLabels.SortedPairs.Values | join \" \" }}", "{{ join \"/\" .CommonLabels.Values }}", "{{ len .Alerts }}",
        "{{ .Alerts | len }} {{ .Alerts.Firing | len }} {{ .Alerts.Resolved | len }}", "{{ .Alerts.Firing | len | eq 1 }}",
        "{{ range .Alerts }}{{ .Status }} {{ .Labels.instance }}, {{ end }}",
        "{{ range $i, $a := .Alerts }}{{ $i }}:{{ $a.Status }} {{ end }}", "{{ range $a := .Alerts }}{{ $a.Labels.foo }} {{ end }}",
        "{{ range $k, $v := .GroupLabels }}{{ $k }}={{ $v }};{{ end }}", "{{ range .GroupLabels }}{{ . }};{{ end }}",
        "{{ range .GroupLabels.SortedPairs }}{{ .Name }}:{{ .Value }} {{ end }}", "{{ range 3 }}{{ . }}{{ end }}",
        "{{ range .Alerts }}{{ if eq .Status \"resolved\" }}{{ break }}{{ end }}{{ .Status }}{{ end }}",
        "{{ range .Alerts }}{{ if eq .Status \"firing\" }}{{ continue }}{{ end }}{{ .Status }}{{ end }}",
        "{{ range list }}x{{ else }}empty{{ end }}", "{{ range nil }}x{{ else }}empty{{ end }}",
        "{{ if .GroupLabels.missing }}a{{ else if .Receiver }}b{{ else }}c{{ end }}", "{{ if not .Receiver }}a{{ else }}b{{ end }}",
        "{{ if and .Receiver .GroupLabels.missing }}a{{ else }}b{{ end }}", "{{ or .GroupLabels.missing \"other\" }}",
        "{{ and \"a\" \"b\" }} {{ or \"\" 0 }} {{ and 0 1 }}", "{{ if gt (len .Alerts) 1 }}many{{ end }}",
        "{{ if ge 2 2 }}a{{ end }}{{ if lt 1.5 2.5 }}b{{ end }}{{ if le \"a\" \"b\" }}c{{ end }}{{ if ne \"a\" \"b\" }}d{{ end }}",
        "{{ eq .Receiver \"x\" \"receiver\" }} {{ eq 1 1 }} {{ ne 1 2 }}", "{{ with .Receiver }}{{ . }}{{ end }}",
        "{{ with .GroupLabels.missing }}a{{ else }}b{{ end }}", "{{ with .GroupLabels.missing }}a{{ else with .Receiver }}{{ . }}{{ end }}",
        "{{ with $x := .Receiver }}{{ $x }}{{ $.ExternalURL }}{{ end }}", "{{ $x := 1 }}{{ $x = 2 }}{{ $x }}",
        "{{ $n := 0 }}{{ range .Alerts }}{{ $n = len .Labels }}{{ end }}{{ $n }}", "{{ if $x := .Receiver }}{{ $x }}{{ end }}",
        "{{ template \"list\" .Alerts }}", "{{ template \"list\" .Alerts.Firing }}", "{{ template \"list\" (list) }}",
        "{{ template \"labels\" .CommonLabels }}", "{{ template \"labels\" (index .Alerts 0).Labels }}", "{{ template \"deep\" \"abc\" }}",
        "{{ (index .Alerts 1).Labels.foo }}", "{{ index .GroupLabels \"grouplabelkey2\" }}", "{{ index .GroupLabels \"no\" }}|",
        "{{ slice .Receiver 1 3 }} {{ slice .Receiver 2 }}", "{{ .Receiver | toUpper | toLower | title }}",
        "{{ title \"the GPU is hot\" }}",
        "{{ trimSpace \"  a  \" }}|", "{{ .Receiver | reReplaceAll \"e(.)\" \"<$1>\" }}",
        "{{ reReplaceAll \"(?P<x>r)e\" \"${x}E\" \"rere\" }}",
        "{{ reReplaceAll \"([a-z]+):.*\" \"$1\" \"host:1234\" }}", "{{ match \"^rec\" .Receiver }} {{ match \"[[:digit:]]\" \"a\" }}",
        "{{ stringSlice \"a\" \"b\" | join \"+\" }}", "{{ (.CommonLabels.Remove (stringSlice \"commonlabelkey1\")).SortedPairs }}",
        "{{ range (.CommonLabels.Remove .GroupLabels.Names).SortedPairs }}{{ .Name }} {{ end }}", "{{ list 1 \"a\" }}",
        "{{ append (list 1) 2 3 }}", "{{ dict \"a\" 1 \"b\" \"c\" }}", "{{ (dict \"a\" 1).a }} {{ (dict \"a\" 1).b }}",
        "{{ toJson .GroupLabels }}",
        "{{ toJson (list 1 \"a\" true) }}", "{{ toJson (dict \"k\" \"v\") }}", "{{ safeHtml \"<b>\" }}", "{{ urlUnescape \"a%20b\" }}",
        "{{ urlquery \"a b&c\" }}", "{{ html \"<a>\" }}", "{{ print \"a\" 1 2 \"b\" }}", "{{ print 1 2 }}", "{{ println \"a\" 1 }}",
        "{{ printf \"%s %d %v %q %t\" \"a\" 1 \"b\" \"c\" true }}", "{{ printf \"%5s|%-5s|%05d|%+d\" \"a\" \"b\" 42 7 }}",
        "{{ printf \"%.2f %8.3f %e %g\" 1.5 2.25 1234.5 0.1 }}", "{{ printf \"%d%%\" 5 }}", "{{ printf \"%s\" 5 }}", "{{ printf \"%d\" }}",
        "{{ printf \"a\" 1 }}", "{{ printf \"%x %X %c\" 255 255 65 }}", "{{ printf \"%.3s\" \"abcdef\" }}",
        "{{ printf \"%v\" .GroupLabels }}",
        "{{ humanizeDuration 0.0015 }} {{ humanizeDuration 59.5 }} {{ humanizeDuration 61 }} {{ humanizeDuration 3661 }}",
        "{{ humanizeDuration 90061 }} {{ humanizeDuration 0 }} {{ humanizeDuration -61 }}", "{{ \"a\" | printf \"%s-%s\" \"b\" }}",
        "{{ len \"中文\" }}", "{{ .Alerts.Firing | len | printf \"%02d\" }}", "{{ block \"x\" .Receiver }}[{{ . }}]{{ end }}",
        "{{ (index .Alerts 0).StartsAt.IsZero }}", "{{ not true }}", "{{ eq (len .Alerts) 2 }}",
        "{{ define \"own\" }}x{{ end }}{{ template \"own\" }}", "{{ $a := .Receiver }}{{ range .Alerts }}{{ $a }}{{ $.Receiver }}{{ end }}",
        "{{ if (eq .Receiver \"receiver\") | not }}a{{ else }}b{{ end }}", "{{- range .Alerts -}}\n  {{ .Status }}\n{{- end -}}",
        // Where it fails.
        "{{ .Nope }}", "{{ .Alerts.Nope }}", "{{ nope }}", "{{ template \"nope\" . }}", "{{ if }}a{{ end }}", "{{ if true }}", "{{ end }}",
        "{{ else }}", "{{ .Receiver.Name }}", "{{ index .Alerts 7 }}", "{{ eq 1 \"a\" }}", "{{ lt 1 \"a\" }}", "{{ toUpper 1 }}",
        "{{ toUpper }}",
        "{{ join \",\" \"a\" }}", "{{ 1 | 2 }}", "{{ \"a\" 1 }}", "{{ $x }}", "{{ $x = 1 }}", "{{ break }}", "{{ range \"a\" }}{{ end }}",
        "{{ \"a }}", "{{ ( }}", "{{ a..b }}", "{{ | . }}", "{{ reReplaceAll \"(\" \"\" \"a\" }}", "{{", "{{ }}", "{{ match \"[\" \"\" }}",
        "{{ slice \"abc\" 5 }}", "{{ .Receiver \"x\" }}", "{{ nil }}", "{{ tz \"Nowhere/At\" now }}", "{{ dict \"a\" }}", "{{ len 1 }}",
        "{{ range .Alerts }}{{ else }}{{ else }}{{ end }}", "{{/* open", "{{ define \"x\" }}",
        "{{ if true }}{{ define \"y\" }}{{ end }}{{ end }}",
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("lepton-templates-").FullName;

    private static IEnumerable<string> Cases => Texts;

    [OneTimeTearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [TestCaseSource(nameof(Cases))]
    public async Task Write_AnyTemplate_WritesAsAlertmanagerDoes(string text)
    {
        var file = Path.Combine(_folder, $"{Guid.NewGuid():N}.tmpl");
        await File.WriteAllTextAsync(file, Definitions);
        var (expected, error) = await Amtool.Render(file, text);
        var (written, fault) = Write(text);

        Assert.That(written, Is.EqualTo(expected), error ?? fault);
    }

    [TestCase("2006-01-02 15:04:05 MST", "2026-09-21 14:13:20 UTC")]
    [TestCase("Jan _2 3:04PM", "Sep 21 2:13PM")]
    [TestCase("Monday, 02-Jan-06", "Monday, 21-Sep-26")]
    [TestCase("2006-01-02T15:04:05.000Z07:00", "2026-09-21T14:13:20.000Z")]
    [TestCase("15:04:05.999 -0700", "14:13:20 +0000")]
    [TestCase("002 __2 1/2", "264 264 9/21")]
    public void Date_GoLayout_IsWritten(string layout, string expected) =>
        Assert.That(Write($"{{{{ date \"{layout}\" now }}}}").Written, Is.EqualTo(expected));

    [TestCase("Asia/Shanghai", "22:13 CST +08:00")]
    [TestCase("America/New_York", "10:13 EDT -04:00")]
    [TestCase("Europe/Berlin", "16:13 CEST +02:00")]
    public void Tz_Zone_MovesTheTime(string zone, string expected) =>
        Assert.That(Write($"{{{{ (now | tz \"{zone}\").Format \"15:04 MST -07:00\" }}}}").Written, Is.EqualTo(expected));

    [TestCase("{{ since (index .Alerts 0).StartsAt }}", "5m0s")]
    [TestCase("{{ (since (index .Alerts 0).StartsAt).Minutes }}", "5")]
    [TestCase("{{ (index .Alerts 0).EndsAt }}", "0001-01-01 00:00:00 +0000 UTC")]
    [TestCase("{{ (index .Alerts 0).StartsAt }}", "2026-09-21 14:08:20 +0000 UTC")]
    [TestCase("{{ humanizeDuration (since (index .Alerts 0).StartsAt) }}", "5m 0s")]
    public void Times_OfAlerts_AreWritten(string text, string expected) => Assert.That(Write(text).Written, Is.EqualTo(expected));

    [TestCase("{{ range 100000 }}{{ range 100000 }}x{{ end }}{{ end }}", "steps")]
    [TestCase("{{ range 100000 }}0123456789{{ end }}", "letters")]
    [TestCase("{{ template \"endless\" . }}", "deep")]
    [TestCase("{{ $x := \"0123456789\" }}{{ range 40 }}{{ $x = print $x $x }}{{ end }}", "letters")]
    [TestCase("{{ $x := list 1 }}{{ range 40 }}{{ $x = list $x $x }}{{ end }}{{ $x }}", "letters")]
    [TestCase("{{ $x := list 1 }}{{ range 40 }}{{ $x = list $x $x }}{{ end }}{{ toJson $x }}", "values")]
    [TestCase("{{ $x := list }}{{ range 40000 }}{{ $x = list $x }}{{ end }}{{ $x }}", "fails")]
    [TestCase("{{ $x := dict }}{{ range 40000 }}{{ $x = dict \"a\" $x }}{{ end }}{{ toJson $x }}", "fails")]
    [TestCase("{{ $x := dict }}{{ range 200 }}{{ $x = dict \"a\" $x }}{{ end }}{{ toJson $x }}", "fails")]
    [TestCase("{{ $l := list }}{{ range 60000 }}{{ $l = append $l . }}{{ end }}", "steps")]
    public void Write_Endless_Ends(string text, string because) => Assert.That(Write(text).Fault, Does.Contain(because));

    [Test]
    public void Read_EndlessChainOfElse_IsRefused() => Assert.That(
        Write("{{ if true }}" + string.Concat(Enumerable.Repeat("{{ else if true }}", 50_000)) + "{{ end }}").Fault, Does.Contain("deep"));

    [TestCase("{{ (index .Alerts 0).EndsAt.UnixNano }}", "-9223372036854775808")]
    [TestCase("{{ printf \"%d\" (since (index .Alerts 0).EndsAt) }}", "9223372036854775800")]
    [TestCase("{{ printf \"%c\" 99999999999 }}", "%!c(int=99999999999)")]
    public void Write_NumberBeyondAllBounds_IsWritten(string text, string expected) =>
        Assert.That(Write(text).Written, Is.EqualTo(expected));

    [Test]
    public void Read_AnyBytes_NeverFailsOtherwise()
    {
        string[] parts = ["{{", "}}", "-", " ", ".", "a", "$x", ":=", "=", "|", "(", ")", "\"", "`", "'", "/*", "*/", "if", "else",
        "end", "range",
            "define", "\"n\"", "1", "e", "+", "\n", "with", "template", "中", "len", "index", ".Alerts", ",", "\\", "break", "block"];
        var random = new Random(7);
        for (var round = 0; round < 20_000; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 25)).Select(_ => parts[random.Next(parts.Length)]));
            Assert.That(() => Write(text), Throws.Nothing, text);
        }
    }

    private static (string? Written, string? Fault) Write(string text)
    {
        var library = new TemplateLibrary();
        library.Add("test", Definitions + "{{ define \"endless\" }}{{ template \"endless\" . }}{{ end }}");
        try
        {
            var sample = AmtoolSample.Notification;
            var data = NotificationData.Of(sample, new Uri("https://example.com"));
            return (library.Read(text).Write(data, GoTime.Of(sample.At.ToDateTimeOffset()), LabelMap.Of(sample.RouteLabels),
                (_, value) => value), null);
        }
        catch (TemplateFault fault)
        {
            return (null, fault.Message);
        }
    }
}
