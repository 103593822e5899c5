using System.Globalization;
using LeptonStream.Detector.Snapshots;
using LeptonStream.Feedback;
using LeptonStream.Kafka;
using LeptonStream.Samples;
using LeptonStream.Series;
using LeptonStream.Testing;

namespace LeptonStream.Roles.Tests.Detector;

/// <summary>However much policies, verdicts and chunks there are, a snapshot has its header, in records that a broker takes.</summary>
[Parallelizable]
public sealed class LargeHeaderTests
{
    // Of a record, as brokers and clients have it without a setting.
    private const int MaxRecordBytes = 1_000_000;

    private DetectorRig _rig = null!;
    private string _file = "";

    [SetUp]
    public void MakeRig()
    {
        _rig = new DetectorRig(partitions: 1);
        _file = Path.GetTempFileName();
    }

    [TearDown]
    public void RemoveRig()
    {
        _rig.Dispose();
        File.Delete(_file);
    }

    [Test]
    public async Task Restart_PoliciesAndVerdictsAreLargerThanARecord_TheNextOwnerHasThemAndTheState()
    {
        File.WriteAllText(_file, $"rules:\n- matchers: [metric=other]\n  ignore: true\n#{new string('x', 690_000)}\n");
        _rig.Probe.Produce(_rig.Topics.Metrics, 0, MetricStream.Of("llama", 300, i => i >= 200 ? 900 : null));
        var first = _rig.Start(null, ("Detector:SnapshotSeconds", "1"), ("Detector:PoliciesFile", _file));
        await Committed(300);
        Give(0);
        Give(1);
        await Eventually.True(() => _rig.CountOf("verdicts/applied") == 2, "the verdicts hold");
        await first.StopAsync();

        Assert.That(Headers(), Has.Some.Property(nameof(SnapshotHeader.Parts)).Not.Null, "a header in parts");
        Assert.That(_rig.Probe.Read(_rig.Topics.State).Max(record => record.Message.Value?.Length ?? 0), Is.LessThan(MaxRecordBytes));
        Assert.That(_rig.CountOf("snapshots/failed"), Is.Zero);

        // The journal alone would not do: the state comes from the snapshot.
        _rig.Broker.DeleteRecords(_rig.Topics.Metrics, 0, 300);
        _rig.Start();
        Give(1);
        await Eventually.True(() => _rig.CountOf("verdicts/unchanged") == 1, "the next owner knows the verdict");
        Assert.That((_rig.CountOf("state_gaps"), _rig.CountOf("verdicts/applied")), Is.EqualTo((0, 2)));
    }

    // Half a megabyte of JSON: a quotation mark takes six bytes.
    private void Give(int alert)
    {
        var labels = Enumerable.Range(0, 60).ToDictionary(i => $"label{i}", _ => new string('"', 1_000));
        _rig.Probe.Produce(_rig.Topics.Feedback, 0,
        [
            FeedbackRecord.Of(new()
            {
                Id = Guid.NewGuid().ToString("N"),
                AlertId = alert.ToString(CultureInfo.InvariantCulture),
                Model = "llama",
                Metric = "loss",
                Labels = LabelSet.Of(labels),
                Verdict = Verdict.False,
                By = "lin",
                At = Timestamp.FromDateTimeOffset(DateTimeOffset.UtcNow),
                Partition = 0,
            }),
        ]);
    }

    private IEnumerable<SnapshotHeader> Headers() => _rig.Probe.Read(_rig.Topics.State)
        .Where(record => StateKeys.IsHeader(record.Message.Key)).Select(record => SnapshotHeader.Read(record.Message.Value));

    private Task Committed(long records) => Eventually.True(
        () => _rig.Probe.Committed(DetectorRig.Group, _rig.Topics.Metrics, 0) == records, $"{records} records committed");
}
