using System.Globalization;
using System.Text;
using LeptonStream.Samples;
using LeptonStream.Series;
using LeptonStream.Testing;

namespace LeptonStream.Core.Tests.Samples;

/// <summary>What can mean one thing only is taken, in the forms that producers' languages and libraries write.</summary>
public sealed class ProducerFormsTests
{
    private static readonly Timestamp Now = Timestamp.FromDateTimeOffset(new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero));

    private readonly SampleBatch _batch = new();
    private readonly NativeJsonFormat _format = new(FormatLimits.Default);

    [TestCase("NaN", double.NaN)]
    [TestCase("nan", double.NaN)]
    [TestCase("-nan", double.NaN)]
    [TestCase("Infinity", double.PositiveInfinity)]
    [TestCase("-Infinity", double.NegativeInfinity)]
    [TestCase("inf", double.PositiveInfinity)]
    [TestCase("-inf", double.NegativeInfinity)]
    [TestCase("+Inf", double.PositiveInfinity)]
    [TestCase("-Inf", double.NegativeInfinity)]
    [TestCase("INF", double.PositiveInfinity)]
    public void Read_AWordForNoFiniteNumber_IsTakenBareAndAsText(string word, double expected)
    {
        foreach (var form in (string[])[word, $"\"{word}\""])
        {
            Take(
                $$$"""{"model":"m","ts":1795341600,"labels":{"note":"a \"NaN\" is inf"},"""
                    + $$$""" "metrics":{"NaN":{{{form}}},"b": {{{form}}} , "loss":2.5}}""");
            Assert.That(Values(), Is.EqualTo((double[])[expected, expected, 2.5]));
            Assert.That(KeyOf(0), Is.EqualTo(new SeriesKey("m", "NaN", LabelSet.Of(("note", "a \"NaN\" is inf")))));
        }
    }

    [Test]
    public void Read_BareNumbersInSteadyState_AllocatesNothing()
    {
        var message = """{"model": "m", "ts": 1795341600, "step": 10, "metrics": {"loss": NaN, "grad_norm": -Infinity}}"""u8.ToArray();
        for (var i = 0; i < 100; i++) _format.Read(message, Now, _batch, out _);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) _format.Read(message, Now, _batch, out _);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
        Assert.That(Values(), Is.EqualTo((double[])[double.NaN, double.NegativeInfinity]));
    }

    [TestCase("100.0", 100)]
    [TestCase("1e2", 100)]
    [TestCase("0.0", 0)]
    [TestCase("9007199254740992.0", 9007199254740992)]
    [TestCase("null", Sample.NoStep)]
    public void Read_AWholeNumberAsStep_IsThatStep(string step, long expected)
    {
        Take($$$"""{"model":"m","ts":1795341600,"step":{{{step}}},"metrics":{"loss":2}}""");
        Assert.That(_batch.Entities[0].Step, Is.EqualTo(expected));
    }

    [TestCase("1e300")]
    [TestCase("100.5")]
    [TestCase("-1.0")]
    public void Read_AnyOtherStep_IsRefused(string step) =>
        Assert.That(Read($$$"""{"model":"m","ts":1795341600,"step":{{{step}}},"metrics":{"loss":2}}"""),
            Is.EqualTo(RejectReason.WrongType));

    [TestCase("3", "3")]
    [TestCase("0", "0")]
    [TestCase("-1.50", "-1.50")]
    [TestCase("true", "true")]
    [TestCase("false", "false")]
    public void Read_ANumberOrBooleanAsLabel_IsItsText(string written, string text)
    {
        Take($$$"""{"model":"m","ts":1795341600,"labels":{"rank":{{{written}}}},"metrics":{"a":1}}""");
        var id = _batch.Entities[0].Id;
        Assert.That(KeyOf(0).Labels, Is.EqualTo(LabelSet.Of(("rank", text))));
        Take($$$"""{"model":"m","ts":1795341600,"labels":{"rank":"{{{text}}}"},"metrics":{"a":1}}""");
        Assert.That(_batch.Entities[0].Id, Is.EqualTo(id));
    }

    [TestCase("2026-11-22 10:00:00+00:00")]
    [TestCase("2026-11-22 10:00:00.000000+00:00")]
    [TestCase("2026-11-22T10:00:00+0000")]
    [TestCase("2026-11-22T18:00:00.000+0800")]
    [TestCase("2026-11-22 10:00:00+00")]
    [TestCase("2026-11-22 04:30:00.0-0530")]
    [TestCase("2026-11-22t10:00:00z")]
    [TestCase("2026-11-22 10:00:00Z")]
    [TestCase("2026-11-22T10:00:00.000000000Z")]
    [TestCase("2026-11-22T10:00:00\\u002B00:00")]
    public void Read_ATimeAsLanguagesPrintIt_IsThatInstant(string ts)
    {
        Take($$$"""{"model":"m","ts":"{{{ts}}}","metrics":{"a":1}}""");
        Assert.That(_batch.Entities[0].Time, Is.EqualTo(Now));
    }

    [TestCase("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z")]
    [TestCase("2016-12-31T23:59:60.250Z", "2017-01-01T00:00:00.250Z")]
    [TestCase("2015-06-30 23:59:60+00", "2015-07-01T00:00:00Z")]
    [TestCase("2017-01-01T07:59:60+08:00", "2017-01-01T00:00:00Z")]
    [TestCase("2016-12-31T15:59:60-0800", "2017-01-01T00:00:00Z")]
    [TestCase("2016-12-31T23:59:6\\u0030Z", "2017-01-01T00:00:00Z")]
    public void Read_ALeapSecond_IsTheSecondAfterTheOneBefore(string ts, string expected)
    {
        Take($$$"""{"model":"m","ts":"{{{ts}}}","metrics":{"a":1}}""");
        Assert.That(_batch.Entities[0].Time,
            Is.EqualTo(Timestamp.FromDateTimeOffset(DateTimeOffset.Parse(expected, CultureInfo.InvariantCulture))));
    }

    [TestCase("2016-12-30T23:59:60Z")]
    [TestCase("2016-12-31T22:59:60Z")]
    [TestCase("2016-12-31T23:58:60Z")]
    [TestCase("2016-12-31T23:59:60+08:00")]
    [TestCase("2016-12-31T23:59:61Z")]
    [TestCase("9999-12-31T23:59:60Z")]
    [TestCase("2026-11-22 10:00:00")]
    [TestCase("2026-11-22T10:00:00.123456")]
    [TestCase("2026-11-22")]
    [TestCase("2026-11-22+00:00")]
    [TestCase("2026-11-22T10:00:00 UTC")]
    [TestCase("2026-11-22T10:00:00+00:0")]
    [TestCase("2026-11-22T10:00:00+25:00")]
    [TestCase("2026-11-22X10:00:00Z")]
    [TestCase("2026-11-22T10:00:00.00000000000000000000000000000000000000000000000000000000000000000Z")]
    public void Read_ATimeThatIsNoInstant_IsRefused(string ts) =>
        Assert.That(Read($$$"""{"model":"m","ts":"{{{ts}}}","metrics":{"a":1}}"""), Is.EqualTo(RejectReason.WrongType));

    [TestCase("\uFEFF{0}", 1)]
    [TestCase("{0}\n{0}\n{0}", 3)]
    [TestCase("{0}\r\n{0}\r\n", 2)]
    [TestCase("\n\n{0}\n\n[{0},{0}]\n", 3)]
    [TestCase("\uFEFF{0}\n{0}", 2)]
    [TestCase("{0}{0}", 2)]
    public void Read_ValuesInARow_TakesThemAll(string pattern, int entities)
    {
        Take(string.Format(CultureInfo.InvariantCulture, pattern, HostileRecords.Good(Now)));
        Assert.That(_batch.Entities.Length, Is.EqualTo(entities));
        Assert.That(_batch.LabelsLeftOut, Is.Zero);
    }

    [Test]
    public void Read_OneLabelTooMany_LosesTheLastByNameInAnyOrder()
    {
        var labels = Enumerable.Range(0, 34).Select(i => $"\"l{i:00}\":\"v{i}\"").ToArray();
        var kept = LabelSet.Of(Enumerable.Range(0, 32).Select(i => KeyValuePair.Create($"l{i:00}", $"v{i}")));
        foreach (var order in (string[][])[labels, [.. labels.Reverse()]])
        {
            var entity = $$$"""{"model":"m","ts":1795341600,"labels":{ {{{string.Join(',', order)}}} },"metrics":{"a":1}}""";
            Take($"[{entity},{HostileRecords.Good(Now)},{entity}]");
            Assert.That(_batch.LabelsLeftOut, Is.EqualTo(4));
            foreach (var index in (int[])[0, 2])
                Assert.That(KeyOf(index).Labels, Is.EqualTo(kept));
            Assert.That(KeyOf(1).Labels, Is.Empty);
        }
    }

    [Test]
    public void Read_RandomChangesOfEveryForm_NeverThrowsAndIsTheSameForAReaderThatIsNew()
    {
        byte[][] forms =
        [
            Encoding.UTF8.GetBytes("\uFEFF{\"model\":\"m\",\"ts\":\"2026-11-22 "
                + "10:00:00+0000\",\"labels\":{\"rank\":3,\"x\":true},\"step\":7.0,\"metrics\":{\"a\":NaN}}"),
            Encoding.UTF8.GetBytes(HostileRecords.Good(Now) + "\n"
                + HostileRecords.Good(Now).Replace(":1", ":-inf", StringComparison.Ordinal) + "\r\n"),
            Encoding.UTF8.GetBytes("[{\"model\":\"é\",\"ts\":1795341600,\"metrics\":{\"a\\u0041\":\"+Inf\",\"b\":-Infinity,\"c\":null}}]"),
        ];
        var random = new Random(20261128);
        var fresh = new SampleBatch();
        var accepted = 0;
        for (var i = 0; i < 60_000; i++)
        {
            var changed = (byte[])forms[i % forms.Length].Clone();
            for (var k = random.Next(1, 4); k > 0; k--) changed[random.Next(changed.Length)] = RandomByte(random);
            var reason = _format.Read(changed, Now, _batch, out var detail);
            Assert.That(new NativeJsonFormat(FormatLimits.Default).Read(changed, Now, fresh, out _), Is.EqualTo(reason),
                Encoding.UTF8.GetString(changed));
            if (reason != RejectReason.None)
            {
                Assert.That(detail, Is.Not.Empty);
                continue;
            }

            accepted++;
            Assert.That(fresh.Entities.ToArray(), Is.EqualTo(_batch.Entities.ToArray()));
        }

        Assert.That(accepted, Is.GreaterThan(1000));
    }

    private static byte RandomByte(Random random)
    {
        var likely = "NaIinfy+-0123:\" ,{}[]eE.\\"u8;
        return random.Next(3) == 0 ? (byte)random.Next(256) : likely[random.Next(likely.Length)];
    }

    private double[] Values() => [.. _batch.MetricsOf(_batch.Entities[0]).ToArray().Select(metric => metric.Value)];

    private SeriesKey KeyOf(int entity) => _batch.KeyOf(_batch.Entities[entity], _batch.MetricsOf(_batch.Entities[entity])[0]);

    private RejectReason Read(string message) => _format.Read(Encoding.UTF8.GetBytes(message), Now, _batch, out _);

    private void Take(string message)
    {
        var reason = _format.Read(Encoding.UTF8.GetBytes(message), Now, _batch, out var detail);
        Assert.That(reason, Is.EqualTo(RejectReason.None), detail);
    }
}
