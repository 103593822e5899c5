using System.Globalization;
using System.Text;
using LeptonStream.Samples;
using LeptonStream.Testing;

namespace LeptonStream.Core.Tests.Samples;

/// <summary>A message of the plain form is read without a tokenizer, and says the same as with one.</summary>
public sealed class PlainMessageTests
{
    private static readonly Timestamp Now = Timestamp.FromDateTimeOffset(new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero));

    private readonly NativeJsonFormat _format = new(FormatLimits.Default);
    private readonly SampleBatch _plain = new();
    private readonly SampleBatch _any = new();

    [TestCase("""{"model":"llama-70b","ts":"2026-11-22T10:00:00.000Z","labels":{"instance":"gpu-7"},"step":12,"metrics":{"a_ms":182.3}}""")]
    [TestCase("""{"model":"m","ts":1795341600,"model_version":"2.1","metrics":{"a":1}}""")]
    [TestCase("""{"metrics": {"a": -0.5, "b": 0}, "labels": {}, "ts": 1795341600000, "model": "m"}""")]
    [TestCase("""[{"model":"m","ts":1795341600,"metrics":{"a":1}},{"model":"n","ts":1795341600,"metrics":{"a":1}}]""")]
    [TestCase("{\"model\":\"m\",\"ts\":1795341600,\"metrics\":{\"a\":1}}\n{\"model\":\"n\",\"ts\":1795341600,\"metrics\":{\"a\":1}}\n")]
    [TestCase("""{"model":"m","ts":"2026-11-22 18:00:00+0800","labels":{"empty":""},"metrics":{"a":0.1234567890123456789}}""")]
    [TestCase("""{"model":"m","ts":1795341605,"metrics":{"a":123456789012345678901234567890.5}}""")]
    public void Read_ThePlainForm_NeedsNoTokenizer(string message)
    {
        Assert.That(_format.TryReadPlain(Encoding.UTF8.GetBytes(message), Now, Cleared(_plain)), Is.True);
        AssertSame(Encoding.UTF8.GetBytes(message));
    }

    [Test]
    public void Read_HostileRecord_IsNeverPlain()
    {
        foreach (var record in HostileRecords.At(Now))
            Assert.That(_format.TryReadPlain(record.Value, Now, Cleared(_plain)), Is.False, record.Name);
    }

    // Numbers as languages print them: the double must be the nearest, and so the same.
    [Test]
    public void Read_AnyNumber_IsTheDoubleThatTheTokenizerReads()
    {
        var random = new Random(1);
        for (var i = 0; i < 200_000; i++)
        {
            var value = BitConverter.Int64BitsToDouble(random.NextInt64());
            if (i % 2 == 0) value = Math.Round(random.NextDouble() * Math.Pow(10, random.Next(12)), random.Next(12));
            var text = value.ToString(i % 3 == 0 ? "R" : i % 3 == 1 ? $"F{random.Next(20)}" : $"G{random.Next(1, 18)}",
                CultureInfo.InvariantCulture);
            AssertSame(Encoding.UTF8.GetBytes($$$"""{"model":"m","ts":1795341600,"metrics":{"a":{{{text}}}}}"""));
        }
    }

    // Messages of all forms with single bytes changed, left out or put in: whatever the plain form takes, the tokenizer takes as the same.
    [Test]
    public void Read_ChangedMessages_AreTheSameBothWays()
    {
        var random = new Random(2);
        var alphabet = "{}[]\",:.-+eE0123456789 \n\t\\ab\u007f\u0001é"u8.ToArray();
        var plain = 0;
        for (var i = 0; i < 300_000; i++)
        {
            var bytes = new List<byte>(Encoding.UTF8.GetBytes(Message(random)));
            for (var changes = random.Next(3); changes > 0; changes--)
            {
                var at = random.Next(bytes.Count);
                switch (random.Next(3))
                {
                    case 0: bytes[at] = alphabet[random.Next(alphabet.Length)]; break;
                    case 1: bytes.RemoveAt(at); break;
                    default: bytes.Insert(at, alphabet[random.Next(alphabet.Length)]); break;
                }
            }

            if (AssertSame([.. bytes])) plain++;
        }

        Assert.That(plain, Is.InRange(80_000, 280_000));
    }

    // The names of the last message are remembered: the same text with other borders, another order or a shorter list is none of them.
    [Test]
    public void Read_NamesAfterOthers_AreFoundTwiceWhereTheyAre()
    {
        string[] names = [.. Enumerable.Range(0, 20).Select(i => $"m{i}")];
        Assert.That(ReadsPlain(names), Is.True);
        Assert.That(ReadsPlain(names), Is.True);
        Assert.That(ReadsPlain([.. names[..10], "m10m", "11", .. names[12..]]), Is.True);
        Assert.That(ReadsPlain([.. names.Reverse()]), Is.True);
        Assert.That(ReadsPlain([.. names[..19]]), Is.True);
        Assert.That(ReadsPlain([.. names[..19], "m7"]), Is.False);
        Assert.That(ReadsPlain([.. names[..19], "m7"]), Is.False);
        Assert.That(ReadsPlain(names), Is.True);
    }

    private bool ReadsPlain(string[] names)
    {
        var message = $$$"""{"model":"m","ts":1795341600,"metrics":{{{{string.Join(',', names.Select(n => $"\"{n}\":1"))}}}}}""";
        var isPlain = _format.TryReadPlain(Encoding.UTF8.GetBytes(message), Now, Cleared(_plain));
        AssertSame(Encoding.UTF8.GetBytes(message));
        return isPlain;
    }

    private static string Message(Random random)
    {
        string[] fields =
        [
            $"\"model\":\"{Name(random)}\"",
            random.Next(2) == 0 ? $"\"ts\":{1_795_341_600_000 + random.Next(-1000, 20_000)}" : "\"ts\":\"2026-11-22T09:59:58.25Z\"",
            $"\"labels\":{{{Join(", ", random.Next(4), () => $"\"{Name(random)}\":\"{Name(random)}\"")}}}",
            $"\"metrics\":{{{Join(",", random.Next(1, 12), () => $"\"{Name(random)}\":{Number(random)}")}}}",
        ];
        random.Shuffle(fields);
        var step = random.Next(4) == 0 ? $",\"step\":{random.Next(100)}" : "";
        if (random.Next(4) == 0) step += $",\"model_version\":\"{Name(random)}\"";
        return $"{{{string.Join(random.Next(2) == 0 ? "," : ", ", fields)}{step}}}";
    }

    private static string Join(string separator, int count, Func<string> part) =>
        string.Join(separator, Enumerable.Range(0, count).Select(_ => part()));

    private static string Name(Random random) => random.Next(20) == 0 ? "é" : $"n{random.Next(400)}";

    private static string Number(Random random) => random.Next(3) switch
    {
        0 => random.Next(1000).ToString(CultureInfo.InvariantCulture),
        1 => (random.NextDouble() * 1000).ToString("F3", CultureInfo.InvariantCulture),
        _ => random.NextDouble().ToString("R", CultureInfo.InvariantCulture),
    };

    // Whether it was read as plain.
    private bool AssertSame(byte[] message)
    {
        if (!_format.TryReadPlain(message, Now, Cleared(_plain))) return false;
        var text = Encoding.UTF8.GetString(message);
        Assert.That(_format.ReadAny(message, Now, Cleared(_any), out var detail), Is.EqualTo(RejectReason.None), () => $"{detail}: {text}");
        if (!Said(_plain).SequenceEqual(Said(_any))) Assert.That(Said(_plain), Is.EqualTo(Said(_any)), text);
        return true;
    }

    private static SampleBatch Cleared(SampleBatch batch)
    {
        batch.Clear();
        return batch;
    }

    private static List<string> Said(SampleBatch batch)
    {
        var said = new List<string> { $"{batch.LabelsLeftOut} {batch.TimesSetBack}" };
        foreach (var entity in batch.Entities)
        {
            said.Add($"{entity.Id} {entity.Time.UnixNanoseconds} {entity.Step} {Encoding.UTF8.GetString(batch.VersionOf(entity))}");
            foreach (var metric in batch.MetricsOf(entity))
                said.Add($"{metric.Id} {batch.KeyOf(entity, metric)} {BitConverter.DoubleToInt64Bits(metric.Value):x}");
        }

        return said;
    }
}
