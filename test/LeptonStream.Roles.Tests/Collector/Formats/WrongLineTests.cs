using System.Text;
using LeptonStream.Collector.Points;

namespace LeptonStream.Roles.Tests.Collector.Formats;

/// <summary>Whatever stands between, before or behind good messages, and wherever a line was cut: the good ones are taken.</summary>
public sealed class WrongLineTests
{
    private const string Good = """{"model":"m","ts":1763856000,"labels":{"a":"b"},"metrics":{"a":1}}""";

    private readonly Payloads _payloads = new();

    [TestCase($"{Good}\nhello\n{Good}", 2, 1)]
    [TestCase($"hello\n{Good}\n{Good}", 2, 1)]
    [TestCase($"{Good}\n\n# a comment\n{Good}", 2, 1)]
    [TestCase($"{Good},\n{Good},\n{Good},", 3, 0)]
    [TestCase($"{Good},{Good},{Good}", 3, 0)]
    [TestCase($"[{Good},\n{Good},\n", 2, 1)]
    [TestCase($"[{Good},\n{{\"model\":]}},\n{Good}]", 2, 1)]
    [TestCase($"{Good}x", 1, 1)]
    [TestCase($"{Good}\0", 1, 0)]
    [TestCase($"\u001e{Good}\n\u001e{Good}\n", 2, 0)]
    [TestCase($"{Good}\n1\n\"x\"\n{Good}", 2, 2)]
    [TestCase("{\"model\":\"m\",\"ts\":1,\"metrics\":{\"a\":\n" + Good + "\n" + Good, 2, 1)]
    [TestCase(Good + "\n{\"model\":\"m\",\"ts\":1,\"metrics\":{\"a\":\n" + Good, 2, 1)]
    [TestCase("{\"model\":\"m\",\"ts\":1,\"metrics\":{\"a\":NaN}}\n{\"model\":\"m\n" + Good, 2, 1)]
    [TestCase(Good + "\n{\"model\":\"m\n{\"model\":\"m\",\"ts\":1763856000,\"metrics\":{\"a\":NaN}}", 2, 1)]
    public void Read_OfGoodMessagesAmongOthers_TakesThem(string payload, int points, int faults)
    {
        var (_, text) = _payloads.Read("native_json", payload);
        Assert.That(_payloads.Batch.Points.Length, Is.EqualTo(points), text);
        Assert.That(_payloads.Batch.FaultCount, Is.EqualTo(faults), text);
    }

    [Test]
    public void Read_OfALineCutAnywhere_LosesItAlone()
    {
        for (var cut = 1; cut < Good.Length; cut++)
        {
            var (outcome, text) = _payloads.Read("native_json", $"{Good}\n{Good[..cut]}\n{Good}\n{Good}");
            Assert.That(_payloads.Batch.Points.Length, Is.EqualTo(3), $"cut at {cut}: {text}");
            Assert.That(outcome, Is.EqualTo(FormatOutcome.Partial), $"cut at {cut}");
        }
    }

    [Test]
    public void Read_OfWrongLinesAroundABigOne_KeepsNoTextOfThoseTakenBack()
    {
        var big = """{"model":"m","ts":1,"labels":{"a":"%"},"metrics":{"a":1}}"""
            .Replace("%", new string('x', 4000), StringComparison.Ordinal);
        var payload = string.Concat(Enumerable.Repeat("{\"x\":\n", 20)) + string.Join('\n', Enumerable.Repeat(big, 500));
        var before = GC.GetAllocatedBytesForCurrentThread();
        _payloads.Read("native_json", Encoding.UTF8.GetBytes(payload));
        Assert.That(_payloads.Batch.Points.Length, Is.EqualTo(500));
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(32 << 20));
    }
}
