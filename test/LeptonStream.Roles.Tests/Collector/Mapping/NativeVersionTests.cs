using System.Text;
using LeptonStream.Samples;

namespace LeptonStream.Roles.Tests.Collector.Mapping;

/// <summary>The version of a model passes the collector: a declaration as it is, a field as the label of that name.</summary>
public sealed class NativeVersionTests
{
    private static readonly Timestamp Start = Timestamp.FromUnixSeconds(1_790_553_600);

    [TestCase("", "\"model_version\":\"v{0}\",", "", TestName = "Take_AVersionInItsField_IsCompared")]
    [TestCase("", "", "\"model_version\":\"v{0}\",", TestName = "Take_AVersionInALabel_IsCompared")]
    [TestCase("{{\"model\":\"m\",\"ts\":{1},\"model_version\":\"v{0}\"}}\n", "", "", TestName = "Take_ADeclaration_IsCompared")]
    public void Take_Versions(string before, string field, string label)
    {
        var partition = new CollectedPartition();
        var random = new Random(1);
        for (var i = 0; i < 12 * 54; i++)
        {
            var at = Start + TimeSpan.FromMinutes(5 * i);
            var version = i < 12 * 50 ? 1 : 2;
            var latency = (version == 1 ? 200 : 300) + random.Next(20);
            var message = string.Format(null, i % (12 * 50) == 0 ? before : "", version, at.UnixMilliseconds)
                + $$$"""{"model":"m","ts":{{{at.UnixMilliseconds}}},{{{string.Format(null, field, version)}}}"""
                + $$$""" "labels":{{{{string.Format(null, label, version)}}}"gpu":0},"metrics":{"ttft_ms":{{{latency}}}}}""";
            Assert.That(partition.Take("native_json", Encoding.UTF8.GetBytes(message), at), Is.Null);
        }

        var made = partition.Events.Single(made => made.ModelUpdate is not null);
        Assert.That(made.English.Summary, Does.StartWith("m: version v2 is worse than v1: ttft_ms from "));
    }

    [TestCase("\"model_version\":\"\"")]
    [TestCase("\"model_version\":null")]
    [TestCase("\"model_version\":{}")]
    [TestCase("\"model_version\":\"\\u0007\"")]
    [TestCase("\"model_version\":\"\\u0007\",\"metrics\":{\"x\":1}")]
    [TestCase("\"model_version\":3,\"metrics\":{\"x\":1}")]
    [TestCase("\"model_version\":3,\"labels\":{\"model_version\":4},\"metrics\":{\"x\":1}")]
    public void Take_AnyVersion_MakesRecordsThatTheDetectorTakes(string fields)
    {
        var partition = new CollectedPartition();
        partition.Take("native_json", Encoding.UTF8.GetBytes($$"""{"model":"m","ts":1790553600,{{fields}} }"""), Start);
        Assert.That(partition.Judged, Has.Count.EqualTo(fields.Contains("metrics", StringComparison.Ordinal) ? 1 : 0));
    }

    [Test]
    public void Take_ALongVersion_IsRefusedOrTaken()
    {
        foreach (var length in (int[])[1024, 1025, 5000])
        {
            var partition = new CollectedPartition();
            var version = new string('v', length);
            foreach (var metrics in (string[])["", ",\"metrics\":{\"x\":1}"])
            {
                Assert.That(() => partition.Take("native_json",
                    Encoding.UTF8.GetBytes($$"""{"model":"m","ts":1790553600,"model_version":"{{version}}"{{metrics}} }"""), Start),
                    Throws.Nothing);
            }
        }
    }
}
