using System.Globalization;
using System.Text;
using LeptonStream.Collector.Mapping.Presets;
using LeptonStream.Collector.Mapping.Relabeling;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Policies.Presets;
using LeptonStream.Series;
using LeptonStream.Testing;
using NUnit.Framework;

namespace LeptonStream.Roles.Tests.Collector.Mapping;

/// <summary>
/// The presets of exporters fit the detector's, and docs/sources-metrics.md is made from them: LEPTON_APPROVE=1 writes it.
/// </summary>
public sealed class ExporterCatalogTests
{
    private static readonly string Page = Path.Combine(SharedFolder.RepositoryRoot, "docs", "sources-metrics.md");

    private static IEnumerable<TestCaseData> Names => ExporterCatalog.Default.Exporters.SelectMany(exporter =>
        exporter.Rename.Select(pair => (exporter, Family: pair.Key, To: pair.Value))
            .Concat(exporter.Split.SelectMany(split => split.To.Select(part => (exporter, Family: split.Name, To: part.Value)))))
        .Select(row => new TestCaseData(row.exporter, row.Family, row.To));

    [TestCaseSource(nameof(Names))]
    public void Rename_AFamily_GivesANameThatTheDetectorKnowsInAUnitThatFits(ExporterPreset exporter, string family, string to)
    {
        var known = PresetCatalog.Default.Find(to, LabelSet.Empty);
        Assert.That(known?.Canonical, Is.EqualTo(to));
        Assert.That(known!.Settings.Type, Is.Not.EqualTo(MetricType.Counter), "the collector has computed the rate");
        var unit = exporter.Units.GetValueOrDefault(family) ?? PresetCatalog.Default.Find(family, LabelSet.Empty)?.Unit;
        if (unit is not null && known.Unit is not null)
            Assert.That(UnitConversion.Factor(unit, known.Unit), Is.Not.Null, $"{unit} to {known.Unit}");
    }

    [Test]
    public void Rename_FamiliesOfOneExporter_GiveOneNameOnlyToOldAndNewNamesOfOneThing()
    {
        foreach (var exporter in ExporterCatalog.Default.Exporters)
            foreach (var same in exporter.Rename.GroupBy(pair => pair.Value).Where(group => group.Count() > 1))
            {
                var titles = same.Select(pair => PresetCatalog.Default.Find(pair.Key, LabelSet.Empty)?.Canonical).Distinct();
                Assert.That(titles.Count(), Is.EqualTo(1), $"{exporter.Name}: {same.Key}");
            }
    }

    [TestCase("vllm:num_requests_running", "infer.running")]
    [TestCase("vllm_num_requests_running", "infer.running")]
    [TestCase("ray_vllm_num_requests_running", "infer.running")]
    [TestCase("ray_vllm:prompt_tokens_total", "infer.tokens_in")]
    [TestCase("ray_vllm_cache_config_info", null)]
    [TestCase("vllm:prompt_tokens", "infer.tokens_in")]
    [TestCase("vllm:prompt_tokens_total", "infer.tokens_in")]
    [TestCase("tgi_request_count", "")]
    [TestCase("vllm:cache_config_info", null)]
    [TestCase("node_load1", "")]
    [TestCase("node_cpu_seconds_total", null)]
    [TestCase("go_goroutines", null)]
    [TestCase("process_resident_memory_bytes", "")]
    public void Find_AFamily_SaysNameOrThatItIsLeftOut(string family, string? to)
    {
        var preset = ExporterCatalog.Default.Find(family, new LabelBag());
        Assert.That(preset, Is.Not.Null);
        Assert.That(preset!.IsLeftOut ? null : preset.To ?? "", Is.EqualTo(to));
    }

    [TestCase("infer.tokens_out", "1/s")]
    [TestCase("infer.ttft_s_p99", "s")]
    [TestCase("infer.ttft_s_mean", "s")]
    [TestCase("infer.ttft_s_count_per_second", "1/s")]
    [TestCase("vllm:iteration_tokens_total_count_per_second", "1/s")]
    [TestCase("vllm:corrupted_requests_per_second", "1/s")]
    [TestCase("DCGM_FI_DEV_NVLINK_BANDWIDTH_per_second", "1/s")]
    public void Presets_NamesThatTheCollectorGives_AreKnownAsRates(string metric, string unit)
    {
        var known = PresetCatalog.Default.Find(metric, LabelSet.Empty);
        Assert.That((known?.Unit, known?.Settings.Type), Is.EqualTo((unit, MetricType.Gauge)));
    }

    [TestCase("ms", "s", 0.001)]
    [TestCase("us/s", "s/s", 1e-6)]
    [TestCase("GiBy", "MiBy", 1024)]
    [TestCase("%", "1", 0.01)]
    [TestCase("mJ/s", "W", 0.001)]
    [TestCase("MHz", "Hz", 1e6)]
    [TestCase("s", "By", null)]
    [TestCase("s/s", "s", null)]
    [TestCase("{token}", "1", null)]
    public void Factor_TwoUnits_IsByWhatToMultiply(string from, string to, double? factor)
    {
        var found = UnitConversion.Factor(from, to);
        if (factor is null) Assert.That(found, Is.Null);
        else Assert.That(found, Is.EqualTo(factor.Value).Within(1e-12 * factor.Value));
    }

    [Test]
    public void Page_OfSourcesMetrics_IsWhatTheProgramHas()
    {
        var written = Write();
        if (Environment.GetEnvironmentVariable("LEPTON_APPROVE") == "1") File.WriteAllText(Page, written);
        Assert.That(File.ReadAllText(Page), Is.EqualTo(written), "run this test with LEPTON_APPROVE=1");
    }

    private static string Write()
    {
        var page = new StringBuilder("# Metrics of sources\n\n"
            + "The families of exporters that the collector knows, by the first exporter whose pattern fits. A family with a name on the "
            + "right gets it, in the unit beside it, whatever the exporter's; totals become\nrates, and histograms become `…_p50`, "
            + "`…_p90`, `…_p99`, `…_mean` and `…_count_per_second`. All other families keep their names. This page is made from\n"
            + "[exporters.yaml](../src/LeptonStream.Collector/Mapping/Presets/exporters.yaml); [mapping.md](mapping.md) says how to "
            + "choose and change.\n");
        foreach (var exporter in ExporterCatalog.Default.Exporters)
        {
            page.Append(CultureInfo.InvariantCulture, $"\n## {exporter.Name}\n\n{exporter.Title}: {Codes(exporter.Match)}.");
            if (exporter.Model.Count > 0) page.Append(CultureInfo.InvariantCulture, $" The model is {Codes(exporter.Model)}.");
            if (exporter.Keep.Count > 0) page.Append(CultureInfo.InvariantCulture, $" These stay: {Codes(exporter.Keep)}.");
            if (exporter.Drop.Count > 0) page.Append(CultureInfo.InvariantCulture, $" These are left out: {Codes(exporter.Drop)}.");
            if (exporter.DropLabels.Count > 0)
                page.Append(CultureInfo.InvariantCulture, $" These labels are left out: {Codes(exporter.DropLabels)}.");
            page.Append('\n');
            if (exporter.Rename.Count + exporter.Split.Count == 0) continue;
            page.Append("\n| family | becomes | unit |\n|---|---|---|\n");
            foreach (var (family, to) in exporter.Rename) page.Append(Row($"`{family}`", to));
            foreach (var split in exporter.Split)
                foreach (var (value, to) in split.To)
                {
                    var labels = Codes(split.Where.Append(new(split.By, value)).Select(label => $"{label.Key}={label.Value}"));
                    page.Append(Row($"`{split.Name}` with {labels}", to));
                }
        }

        return page.ToString();
    }

    private static string Row(string family, string to) =>
        $"| {family} | `{to}` | {PresetCatalog.Default.Find(to, LabelSet.Empty)?.Unit ?? "–"} |\n";

    private static string Codes(IEnumerable<string> names) => string.Join(", ", names.Select(name => $"`{name}`"));
}
