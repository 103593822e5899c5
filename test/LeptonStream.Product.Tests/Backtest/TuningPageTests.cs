using System.Globalization;
using System.Reflection;
using System.Text;
using LeptonStream.Backtest;
using LeptonStream.Detection;
using LeptonStream.Testing;

namespace LeptonStream.Product.Tests.Backtest;

/// <summary>
/// docs/tuning.md lists every tuned constant with its source, and what half and double of it did to its table's figures.
/// LEPTON_APPROVE=1 writes it after a constant was added or worded otherwise; eng/sensitivity.sh measures first.
/// </summary>
internal sealed class TuningPageTests
{
    private const string AsIs = "(as it is)";

    private static readonly (string Name, string Measure) Series = ("series",
        "NAB's standard score on its seven series of known causes, and the recall on the four KPI curves of five-minute samples at 0.1 "
            + "false episodes a series-day.");

    private static readonly Dictionary<string, (string Name, string Measure)> Tables = new()
    {
        ["EarlyWarning"] = ("early-warning",
            "Two stories of the simulated fleet: in how many the leak of the cache is announced by a warning that holds, after how many "
                + "samples on average, and how many warnings are false."),
        ["Entities"] = ("entities", "AUC-PR on the labelled entities of smd, asd and jumpstarter."),
        ["Peers"] = ("peers",
            "Two stories of the simulated fleet: in how many the GPU without cooling is alerted, after how many samples on average, and "
                + "how many alerts of any kind are false."),
        ["Training"] = ("training",
            "Thirty labelled runs with 26 faults: how many are found in time, and how many alarm episodes are false."),
    };

    private static readonly string Page = Path.Combine(SharedFolder.RepositoryRoot, "docs", "tuning.md");
    private static readonly string Measured = Path.Combine(SharedFolder.RepositoryRoot, "eng", "sensitivity.csv");

    private readonly TuningCatalog _catalog = new(typeof(DetectionPolicy).Assembly);

    [Test]
    public void Page_OfTuning_IsWhatTheProgramHas()
    {
        var written = Write();
        if (Environment.GetEnvironmentVariable("LEPTON_APPROVE") == "1") File.WriteAllText(Page, written);
        Assert.That(File.ReadAllText(Page), Is.EqualTo(written), "run this test with LEPTON_APPROVE=1");
    }

    [Test]
    public void Sensitivity_OfAConstant_WasMeasuredAtItsPresentValue()
    {
        var measured = Rows();
        Assert.That(measured.Keys.Where(key => !IsAsItIs(key)), Is.SubsetOf(_catalog.Names));
        Assert.That(_catalog.Names.Where(name => measured.TryGetValue(name, out var row) && row[0] != ValueOf(name)), Is.Empty);
        Assert.That(measured.Where(row => !IsAsItIs(row.Key) && row.Value.Any(string.IsNullOrEmpty)).Select(row => row.Key), Is.Empty);
    }

    [Test]
    public void Sensitivity_OfEveryConstant_WasMeasured() =>
        Assert.That(_catalog.Names.Except(Rows().Keys), Is.Empty, "run eng/sensitivity.sh with these names");

    [Test]
    public void Set_ANameOfTheProgram_IsKnown()
    {
        Assert.That(_catalog.Names, Has.Count.GreaterThan(30));
        Assert.That(_catalog.Set($"Calibration.HeavyTail={ValueOf("Calibration.HeavyTail")}"), Is.Null);
        Assert.That(_catalog.Set("Calibration.Heavytails=1"), Does.Contain("the nearest are Calibration.HeavyTail"));
    }

    private string Write()
    {
        var measured = Rows();
        var page = new StringBuilder(
            """
            # Tuned constants

            Constants of the detection pipeline that were chosen, by measurement or by hand. They are no settings: a policy says how often
            alerts may come, and these make it so on every series. An engineer tries another value with
            `lepton backtest --set Name=value FOLDER` (hidden from `--help`; it may be given several times).
            Sizes of windows, slots and lags are not among them: they are the layout of snapshots.
            A source that begins with "chosen by hand" says that no measurement chose the value; the test, the page or the figures
            that follow hold the property that it serves.

            The last two columns are what half and double of the value do (a whole number is halved downwards). Each table says by which
            measure, and its figures as the constants are; a dash stands for a missing measurement. The columns say how much hangs on a
            constant, not which value is best: that is measured on all families. `eng/sensitivity.sh` measures.

            """);
        foreach (var capability in _catalog.Names.GroupBy(name => name.Split('.')[0]))
        {
            page.Append(CultureInfo.InvariantCulture, $"\n## {capability.Key}\n\n{MeasureOf(capability.Key, measured)}\n\n")
                .Append("| Name | Value | Means | Source | Half | Double |\n|---|---|---|---|---|---|\n");
            foreach (var name in capability)
            {
                var (meaning, source) = WordsOf(_catalog[name].Member);
                var row = measured.GetValueOrDefault(name) ?? ["", "–", "–"];
                page.Append(CultureInfo.InvariantCulture, $"| `{name}` | {ValueOf(name)} | {meaning} | {source} ")
                    .Append(CultureInfo.InvariantCulture, $"| {Cell(row[1])} | {Cell(row[2])} |\n");
            }
        }

        return page.ToString();
    }

    private static string MeasureOf(string capability, Dictionary<string, string[]> measured)
    {
        var table = Tables.GetValueOrDefault(capability, Series);
        var measure = $"{table.Measure} As the constants are: {AsItIs(table.Name)}.";
        string[] added = [.. measured.Keys.Where(key => key.StartsWith($"{Base(table.Name)} with ", StringComparison.Ordinal))];
        return capability != "Detectors" || added.Length == 0
            ? measure
            : $"{measure} A detector that is off by default is measured with it added: "
                + $"{string.Join("; ", added.Select(key => $"{key.Split(' ')[^1]} {Cell(measured[key][1])}"))}.";

        string AsItIs(string name) => measured.TryGetValue(Base(name), out var row) ? Cell(row[1]) : "–";
    }

    private static string Base(string table) => $"{AsIs} {table}";

    private static string Cell(string figures) => figures.Replace(";", ", ", StringComparison.Ordinal);

    private static bool IsAsItIs(string key) => key.StartsWith(AsIs, StringComparison.Ordinal);

    private string ValueOf(string name) => Convert.ToString(_catalog[name].Value, CultureInfo.InvariantCulture)!;

    private static (string Meaning, string Source) WordsOf(PropertyInfo member)
    {
        var words = member.GetCustomAttributesData().Single(a => a.AttributeType.Name == "TunedAttribute").ConstructorArguments;
        return ((string)words[0].Value!, (string)words[1].Value!);
    }

    // By name: the value that was measured, and the figures at half of it and at double.
    private static Dictionary<string, string[]> Rows() =>
        File.ReadAllLines(Measured).Skip(1).Select(line => line.Split(',')).ToDictionary(cells => cells[0], cells => cells[1..]);
}
