using System.Text;
using LeptonStream.Roles.Tests.Collector.Formats;
using LeptonStream.Collector.Points;
using LeptonStream.Samples;

namespace LeptonStream.Roles.Tests.Collector.Mapping;

/// <summary>Distributions of native messages pass the collector, if the detector would take them.</summary>
public sealed class NativeDistributionTests
{
    private static readonly Timestamp At = Timestamp.FromUnixSeconds(1_790_553_600);

    private static readonly string[] Forms =
    [
        """{"bounds":[0,1,2],"counts":[5,7]}""", """{"bounds":["-Infinity",0,"Infinity"],"counts":[3,4]}""",
        """{"relative_accuracy":0.01,"offset":-3,"counts":[1,2,3],"zero_count":2}""", """{"means":[1,2,2],"weights":[1,1,1]}""",
        """{"categories":{"de":5,"fr \"x\" é":2},"reference":{"categories":{"de":1}}}""",
        """{"count":3,"centroid":[1,2],"variance":[0.1,0.2]}""",
    ];

    [TestCaseSource(nameof(Forms))]
    public void Take_EachForm_IsWatchedAsIfItHadComeDirectly(string form)
    {
        var partition = new CollectedPartition();
        var message = $$$"""{"model":"m","ts":1790553600,"labels":{"gpu":0},"metrics":{"age":1},"""
            + $$$""" "distributions":{"age":{{{form}}}, "none":null}}""";

        Assert.That(partition.Take(null, Encoding.UTF8.GetBytes(message), At), Is.Null);
        Assert.That(partition.Distributions, Is.EqualTo(1));
        Assert.That(partition.Judged, Is.EqualTo(new[] { "m age 1" }), "a metric may have the same name");
    }

    [Test]
    public void Take_OnlyDistributions_IsAMessage()
    {
        var partition = new CollectedPartition();
        var message = $$$"""{"model":"m","ts":1790553600,"step":7,"distributions":{"a":{{{Forms[0]}}},"b":{{{Forms[3]}}}}}""";
        Assert.That(partition.Take("native_json", Encoding.UTF8.GetBytes(message), At), Is.Null);
        Assert.That(partition.Distributions, Is.EqualTo(2));
    }

    [TestCase("""{"bounds":[1,0],"counts":[5]}""", "do not ascend")]
    [TestCase("""{"counts":[5]}""", "it has none of bounds")]
    [TestCase("""{"categories":{"a":-1}}""", "categories")]
    [TestCase("[1]", "no JSON object")]
    public void Take_ADistributionThatTheDetectorWouldRefuse_IsRefusedWithItsReasonAndTheMetricsAreTaken(string form, string words)
    {
        var partition = new CollectedPartition();
        var message = $$$"""{"model":"m","ts":1790553600,"metrics":{"x":1},"distributions":{"age":{{{form}}} }}""";
        Assert.That(partition.Take("native_json", Encoding.UTF8.GetBytes(message), At), Does.Contain(words));
        Assert.That(partition.Judged, Is.EqualTo(new[] { "m x 1" }));
    }

    [Test]
    public void Take_MoreThanTheDetectorTakes_IsRefused()
    {
        var partition = new CollectedPartition();
        var many = string.Join(',', Enumerable.Range(0, 65).Select(i => $"\"d{i}\":{Forms[0]}"));
        var bins = string.Join(',', Enumerable.Range(0, 20_000));
        foreach (var distributions in (string[])[many, $$"""  "a":{"bounds":[{{bins}}],"counts":[{{bins}}]}  """])
        {
            var message = $$$"""{"model":"m","ts":1790553600,"metrics":{"x":1},"distributions":{ {{{distributions}}} }}""";
            Assert.That(partition.Take("native_json", Encoding.UTF8.GetBytes(message), At), Does.Contain("more than"));
        }

        Assert.That(partition.Distributions, Is.Zero);
    }

    // Whatever bytes come, the detector accepts each record that they become (CollectedPartition asserts it), and nothing throws.
    [Test]
    public void Take_RandomChanges_NeverBecomeARecordThatTheDetectorRefuses()
    {
        var random = new Random(32);
        var alphabet = "{}[]\",:.-+eE0123456789 nulNaInfity\\"u8.ToArray();
        var partition = new CollectedPartition();
        var refused = 0;
        for (var i = 0; i < 30_000; i++)
        {
            var changed = Encoding.UTF8.GetBytes($$$"""{"model":"m{{{i % 90}}}","ts":{{{1_790_553_600 + i}}},"ended":["y"],"""
                + $$$""" "distributions":{"age":{{{Forms[i % Forms.Length]}}}},"metrics":{"x":1}}""");
            for (var k = random.Next(1, 4); k > 0; k--) changed[random.Next(changed.Length)] = alphabet[random.Next(alphabet.Length)];
            if (partition.Take("native_json", changed, At + TimeSpan.FromSeconds(i)) is not null) refused++;
        }

        Assert.That(refused, Is.InRange(1_000, 29_500));
    }

    [Test]
    public void Take_TwoLinesOfOneTimeThatAreTooLargeTogether_BecomeTwoRecords()
    {
        var partition = new CollectedPartition();
        var values = string.Join(',', Enumerable.Repeat("0.1234567890123456", 4000));
        var form = $$"""{"count":9,"centroid":[{{values}}],"variance":[{{values}}]}""";
        string Line(string name) => """{"model":"m","ts":1790553600,"distributions":{"""
            + string.Join(',', Enumerable.Range(1, 4).Select(i => $"\"{name}{i}\":{form}")) + "}}";
        Assert.That(partition.Take("native_json", Encoding.UTF8.GetBytes($"{Line("a")}\n{Line("b")}"), At), Is.Null);
        Assert.That(partition.Distributions, Is.EqualTo(8));
    }

    [Test]
    public void Read_ANativeMessageWithEnds_MarksTheirPointsAsStale()
    {
        var (outcome, text) = new Payloads().Read("native_json", """{"model":"m","ts":1763856000,"ended":["a"]}""");
        Assert.That(outcome, Is.EqualTo(FormatOutcome.Taken));
        Assert.That(text, Is.EqualTo("Untyped a model=m = NaN @1763856000000000000 !Stale\n"));
    }
}
