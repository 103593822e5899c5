using LeptonStream.Collector.Points;
using LeptonStream.Testing;

namespace LeptonStream.Roles.Tests.Collector.Formats;

/// <summary>
/// Bytes that real programs put on the wire become these points. A change of an approved sample is a change of what users get: look at
/// the difference, then run with LEPTON_APPROVE=1 to accept it.
/// </summary>
[Parallelizable(ParallelScope.None)]
public sealed class WireCaptureTests
{
    private static readonly (string Pattern, string Format)[] Captures =
    [
        ("otlp/otlp_proto-*.bin", "otlp_proto"),
        ("otlp/otlp_json-1.json", "otlp_json"),
        ("otlp/sent.json", "otlp_json"),
        ("telegraf/influx-*.lp", "influx"),
        ("telegraf/json-*-?.json", "telegraf_json"),
        ("prometheus/rw1-*.bin", "prometheus_remote_write"),
        ("prometheus/rw2-*.bin", "prometheus_remote_write_2"),
    ];

    private static string Approved { get; } =
        Path.Combine(SharedFolder.RepositoryRoot, "test", "LeptonStream.Roles.Tests", "Collector", "Formats", "Approved");

    public static string Folder => SharedFolder.Require("data/wire-captures");

    /// <summary>Every capture of a metrics producer, and its format.</summary>
    public static IEnumerable<(string Path, string Format)> All() => Captures.SelectMany(capture =>
    {
        var (folder, pattern) = (Path.GetDirectoryName(capture.Pattern)!, Path.GetFileName(capture.Pattern));
        return Directory.GetFiles(Path.Combine(Folder, folder), pattern).Order(StringComparer.Ordinal)
            .Where(path => !path.EndsWith(".meta.json", StringComparison.Ordinal)).Select(path => (path, capture.Format));
    });

    [TestCase("otlp_proto", 2)]
    [TestCase("otlp_json", 2)]
    [TestCase("influx", 6)]
    [TestCase("telegraf_json", 12)]
    [TestCase("prometheus_remote_write", 3)]
    [TestCase("prometheus_remote_write_2", 3)]
    public void Read_OfEveryCapture_IsAsApproved(string format, int files)
    {
        var captures = All().Where(capture => capture.Format == format).ToArray();
        Assert.That(captures, Has.Length.EqualTo(files));
        var catalog = new FormatCatalog();
        var batch = new PointBatch { ListsLeftOut = true };
        using (Assert.EnterMultipleScope())
        {
            foreach (var (path, _) in captures)
            {
                batch.Clear();
                var outcome = catalog.ByName(format)!.Read(File.ReadAllBytes(path), batch, FormatLimits.Default);
                Assert.That(outcome, Is.EqualTo(FormatOutcome.Taken), path);
                var text = PointText.Of(batch);
                var approved = Path.Combine(Approved, Path.GetFileName(path) + ".txt");
                if (Environment.GetEnvironmentVariable("LEPTON_APPROVE") == "1") File.WriteAllText(approved, text);
                Assert.That(text, Is.EqualTo(File.Exists(approved) ? File.ReadAllText(approved) : ""), path);
            }
        }
    }

    [Test]
    public void ByLook_OfEveryCapture_FindsItsFormat()
    {
        var catalog = new FormatCatalog();
        using (Assert.EnterMultipleScope())
        {
            foreach (var (path, format) in All())
            {
                var choice = catalog.ByLook(File.ReadAllBytes(path));
                Assert.That(choice.Format?.Name, Is.EqualTo(format), $"{path}: {choice.Reason}");
            }
        }
    }

    [Test]
    public void Read_OfTheSamePointsInBothEncodings_IsTheSame()
    {
        var catalog = new FormatCatalog();
        var json = Text("otlp_json", "otlp/otlp_json-1.json");
        var proto = Text("otlp_proto", "otlp/otlp_proto-1.bin") + Text("otlp_proto", "otlp/otlp_proto-2.bin");
        Assert.That(Sorted(proto), Is.EqualTo(Sorted(json)));
        Assert.That(json, Does.Contain("service.name=训练-7b").And.Contain("tags=[\"a\",true]"));

        string Text(string format, string path)
        {
            var batch = new PointBatch();
            catalog.ByName(format)!.Read(File.ReadAllBytes(Path.Combine(Folder, path)), batch, FormatLimits.Default);
            return PointText.Of(batch);
        }

        static string Sorted(string text) => string.Join('\n',
            text.Split('\n').Select(line => string.Join(' ', line.Split(' ').Order(StringComparer.Ordinal))).Order(StringComparer.Ordinal));
    }
}
