using System.IO.Compression;
using LeptonStream.Backtest.SeriesFiles;
using LeptonStream.Samples;
using LeptonStream.Testing;

namespace LeptonStream.Product.Tests.Cli;

public sealed class SeriesFileTests
{
    private string _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("lepton-series-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Rows_TimestampAndValue_HaveTheTimeAndNoLabel()
    {
        var file = Open("timestamp,value\r\n2014-02-14 14:30:00,0.132\r\n2014-02-14 14:35:00.25,-1e3\r\n");

        var rows = file.Rows().ToArray();

        Assert.That(file.Metrics, Is.EqualTo(new[] { "value" }));
        Assert.That(file.HasLabels, Is.False);
        Assert.That(file.HasCalendarTime, Is.True);
        Assert.That(rows.Select(r => r.Time.ToString()), Is.EqualTo(new[] { "2014-02-14T14:30:00.000Z", "2014-02-14T14:35:00.250Z" }));
        Assert.That(rows.Select(r => r.Values[0]), Is.EqualTo(new double?[] { 0.132, -1000 }));
        Assert.That(rows[0].IsAnomalous, Is.Null);
        Assert.That(rows[0].Step, Is.EqualTo(Sample.NoStep));
    }

    [Test]
    public void Rows_EpochAndLabel_HaveBoth()
    {
        var rows = Open("timestamp,value,label\n1469376000,0.8,0\n1469376300000,0.9,1\n").Rows().ToArray();

        Assert.That(rows.Select(r => r.Time.UnixMilliseconds), Is.EqualTo(new[] { 1469376000_000, 1469376300_000 }));
        Assert.That(rows.Select(r => r.IsAnomalous), Is.EqualTo(new bool?[] { false, true }));
    }

    [Test]
    public void Rows_CountedSteps_AreSpacedByTheInterval()
    {
        var file = SeriesFile.Open(Write("t,part,m0,m1,label\n0,train,1,2,0\n3,test,4,5,1\n"), TimeSpan.FromSeconds(300));

        var rows = file.Rows().ToArray();

        Assert.That(file.Metrics, Is.EqualTo(new[] { "m0", "m1" }));
        Assert.That(file.HasCalendarTime, Is.False);
        Assert.That(rows[1].Time - rows[0].Time, Is.EqualTo(TimeSpan.FromSeconds(900)));
        Assert.That(rows.Select(r => r.Part), Is.EqualTo(new[] { "train", "test" }));
    }

    [Test]
    public void Rows_TrainingRun_KeepsStepsAndTellsMissingFromNotANumber()
    {
        var file = Open("ts_ms,step,loss,grad_norm,eval_loss\n4,1,4.5,0.7,\n8,2,NaN,-inf,+Infinity\n");

        var rows = file.Rows().ToArray();

        Assert.That(file.Metrics, Is.EqualTo(new[] { "loss", "grad_norm", "eval_loss" }));
        Assert.That(rows.Select(r => r.Time.UnixMilliseconds), Is.EqualTo(new[] { 4, 8 }));
        Assert.That(rows.Select(r => r.Step), Is.EqualTo(new[] { 1, 2 }));
        Assert.That(rows[0].Values, Is.EqualTo(new double?[] { 4.5, 0.7, null }));
        Assert.That(rows[1].Values, Is.EqualTo(new double?[] { double.NaN, double.NegativeInfinity, double.PositiveInfinity }));
    }

    [Test]
    public void Rows_QuotedFields_AreUnquoted()
    {
        var file = Open("timestamp,\"p99, \"\"slow\"\"\"\n\"2026-01-01T00:00:00+08:00\",1\n");

        Assert.That(file.Metrics, Is.EqualTo(new[] { "p99, \"slow\"" }));
        Assert.That(file.Rows().Single().Time.ToString(), Is.EqualTo("2025-12-31T16:00:00.000Z"));
    }

    [TestCase("timestamp;value\n2014-02-14 14:30:00;0,132\n")]
    [TestCase("datetime\tvalue\n2014-02-14T14:30:00Z\t0.132\n")]
    [TestCase("\uFEFFDate,Time,value\n2014-02-14,14:30:00,0.132\n")]
    [TestCase("time;value;date\n14:30;0.132;2014-02-14\n")]
    [TestCase("date,\"value\"\n2014-02-14 14:30,0.132\n")]
    public void Rows_FormsThatToolsWrite_MeanTheSame(string content)
    {
        var file = Open(content);

        var row = file.Rows().Single();

        Assert.That(file.Metrics, Is.EqualTo(new[] { "value" }));
        Assert.That(row.Time.ToString(), Is.EqualTo("2014-02-14T14:30:00.000Z"));
        Assert.That(row.Values, Is.EqualTo(new double?[] { 0.132 }));
    }

    [Test]
    public void Rows_PackedFile_AreThoseOfTheFileWithin()
    {
        var path = Path.Combine(_folder, "cpu.csv.gz");
        using (var packed = new GZipStream(File.Create(path), CompressionMode.Compress))
            packed.Write("timestamp,value\n1469376000,0.8\n"u8);

        var file = SeriesFile.Open(path);

        Assert.That(file.Name, Is.EqualTo("cpu"));
        Assert.That(file.Rows().Single().Values, Is.EqualTo(new double?[] { 0.8 }));
        Assert.That(SeriesFile.Find(_folder), Is.EqualTo(new[] { path }));
    }

    [Test]
    public void Open_PackedByNameOnly_SaysThatItCannotBeRead()
    {
        var path = Path.Combine(_folder, "cpu.csv.gz");
        File.WriteAllText(path, "timestamp,value\n1469376000,0.8\n");

        Assert.That(() => SeriesFile.Open(path), Throws.TypeOf<InvalidDataException>().With.Message.StartsWith($"{path} can't be read"));
    }

    [TestCase("a,b\n1,2\n", "no time column")]
    [TestCase("timestamp,ts_ms,x\n1,2,3\n", "2 time columns (timestamp, ts_ms)")]
    [TestCase("timestamp,label\n1,0\n", "no metric column")]
    [TestCase("timestamp,x,x\n1,0,1\n", "two columns named 'x'")]
    [TestCase("", "is empty")]
    public void Open_NoSeries_SaysWhy(string content, string reason) =>
        Assert.That(() => Open(content), Throws.TypeOf<InvalidDataException>().With.Message.Contains(reason));

    [TestCase("timestamp,value\nsoon,1\n", ":2: 'soon' is no time")]
    [TestCase("timestamp,value\n1,x\n", ":2: 'x' in column 'value' is no number")]
    [TestCase("timestamp,value\n1,2\n\n3\n", ":4: 1 fields, but the header has 2")]
    [TestCase("timestamp,value,label\n1,2,maybe\n", ":2: the label 'maybe' is neither 0 nor 1")]
    [TestCase("t,m\n1.5,2\n", ":2: '1.5' is no whole number")]
    public void Rows_UnreadableField_NamesLineAndField(string content, string reason) =>
        Assert.That(() => Open(content).Rows().ToArray(), Throws.TypeOf<InvalidDataException>().With.Message.Contains(reason));

    [Test]
    public void Find_Folder_ListsItsFilesInAFixedOrder()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "sub"));
        foreach (var name in new[] { "b.csv", "a.csv", "sub/c.csv", "note.txt" }) File.WriteAllText(Path.Combine(_folder, name), "");

        Assert.That(SeriesFile.Find(_folder).Select(f => Path.GetRelativePath(_folder, f)),
            Is.EqualTo(new[] { "a.csv", "b.csv", "sub/c.csv" }));
    }

    [Test]
    public void Find_Nothing_SaysSo() =>
        Assert.That(() => SeriesFile.Find(Path.Combine(_folder, "none.csv")),
            Throws.TypeOf<FileNotFoundException>().With.Message.Contains("neither a file nor a folder"));

    [TestCase("data/nab/data/realAWSCloudwatch/ec2_cpu_utilization_24ae8d.csv", 4032, 1, false)]
    [TestCase("data/aiops-kpi/54350a12_full.csv", 17856, 1, true)]
    [TestCase("data/asd/omi-3.csv", 12960, 19, true)]
    [TestCase("data/smd/machine-2-1.csv", 23694, 38, true)]
    [TestCase("data/jumpstarter/service9.csv", 12960, 19, true)]
    [TestCase("data/training-runs/run-001.csv", 2000, 10, false)]
    [TestCase("data/azure-llm-trace/AzureLLMInferenceTrace_code.csv", 8819, 2, false)]
    public void Rows_DataOfTheSharedFolder_AreAllRead(string path, int rows, int metrics, bool labels)
    {
        var file = SeriesFile.Open(SharedFolder.Require(path));

        Assert.That(file.Rows().Count(), Is.EqualTo(rows));
        Assert.That(file.CountRows(), Is.EqualTo(rows));
        Assert.That(file.Metrics, Has.Count.EqualTo(metrics));
        Assert.That(file.HasLabels, Is.EqualTo(labels));
    }

    private SeriesFile Open(string content) => SeriesFile.Open(Write(content));

    private string Write(string content)
    {
        var path = Path.Combine(_folder, "series.csv");
        File.WriteAllText(path, content);
        return path;
    }
}
