using System.Text;
using LeptonStream.Samples;
using LeptonStream.Series;
using LeptonStream.Testing;
using NJsonSchema;

namespace LeptonStream.Core.Tests.Samples;

public sealed class NativeJsonFormatTests
{
    private static readonly Timestamp Now = Timestamp.FromDateTimeOffset(new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero));

    private static readonly IReadOnlyList<HostileRecord> Hostile = HostileRecords.At(Now);

    private readonly SampleBatch _batch = new();
    private readonly NativeJsonFormat _format = new(FormatLimits.Default);

    [Test]
    public void Read_TheMessageOfTheDocumentation_GivesItsSamples()
    {
        Take(
            """{"model":"llama-70b","ts":"2026-11-22T10:00:00.000Z","labels":{"instance":"gpu-7","zone":"b"},"""
                + """ "step":1200,"metrics":{"ttft_p99_ms":182.3,"error_rate":0.002}}""");
        var entity = _batch.Entities[0];
        var metrics = _batch.MetricsOf(entity);
        Assert.That(_batch.Entities.Length, Is.EqualTo(1));
        Assert.That((entity.Time, entity.Step), Is.EqualTo((Now, 1200L)));
        Assert.That(_batch.KeyOf(entity, metrics[0]),
            Is.EqualTo(new SeriesKey("llama-70b", "ttft_p99_ms", LabelSet.Of(("instance", "gpu-7"), ("zone", "b")))));
        Assert.That((metrics[0].Value, metrics[1].Value), Is.EqualTo((182.3, 0.002)));
    }

    [TestCase("1795341600")]
    [TestCase("1795341600.0")]
    [TestCase("1795341600000")]
    [TestCase("1795341600000.0")]
    [TestCase("1795341600000000")]
    [TestCase("1795341600000000000")]
    [TestCase("\"2026-11-22T18:00:00+08:00\"")]
    [TestCase("\"2026-11-22T10:00:00.000000Z\"")]
    public void Read_TimesOfEveryUnit_AreTheSameInstant(string ts)
    {
        Take($$$"""{"model":"m","ts":{{{ts}}},"metrics":{"a":1}}""");
        Assert.That(_batch.Entities[0].Time, Is.EqualTo(Now));
    }

    [TestCase("\"NaN\"", double.NaN)]
    [TestCase("\"Infinity\"", double.PositiveInfinity)]
    [TestCase("\"-Infinity\"", double.NegativeInfinity)]
    public void Read_NonFiniteAsText_IsASample(string text, double expected)
    {
        Take($$$"""{"model":"m","ts":1795341600,"metrics":{"loss":{{{text}}}}}""");
        Assert.That(_batch.MetricsOf(_batch.Entities[0])[0].Value, Is.EqualTo(expected));
    }

    [Test]
    public void Read_Null_IsNoSample()
    {
        Take("""{"model":"m","ts":1795341600,"metrics":{"eval_loss":null,"loss":2.5}}""");
        Assert.That(_batch.MetricsOf(_batch.Entities[0]).Length, Is.EqualTo(1));
    }

    [Test]
    public void Read_UnknownFields_AreIgnored()
    {
        Take("""{"host":{"os":["linux"]},"model":"m","ts":1795341600,"metrics":{"a":1}}""");
        Assert.That(_batch.Entities.Length, Is.EqualTo(1));
    }

    [Test]
    public void Ids_OfTheSameSeries_DependOnNeitherOrderNorNeighbours()
    {
        Take(
            """[{"model":"m","ts":1795341600,"labels":{"a":"1","b":"2"},"metrics":{"x":1,"y":2}},"""
                + """{"metrics":{"y":3},"labels":{"b":"2","c":"","a":"1"},"ts":1795341601,"model":"\u006d"}]""");
        var first = _batch.MetricsOf(_batch.Entities[0]);
        var second = _batch.MetricsOf(_batch.Entities[1]);
        Assert.That(second[0].Id, Is.EqualTo(first[1].Id));
        Assert.That(first[0].Id, Is.Not.EqualTo(first[1].Id));
    }

    [TestCase("""{"a":"1","b":"2"}""", """{"a":"1b","b":"2"}""")]
    [TestCase("""{"ab":"c"}""", """{"a":"bc"}""")]
    [TestCase("""{"a":"1"}""", """{"a":"1","b":"1"}""")]
    public void Ids_OfDifferentLabels_Differ(string one, string other)
    {
        Take($$$"""{"model":"m","ts":1795341600,"labels":{{{one}}},"metrics":{"x":1}}""");
        var first = _batch.Entities[0].Id;
        Take($$$"""{"model":"m","ts":1795341600,"labels":{{{other}}},"metrics":{"x":1}}""");
        Assert.That(_batch.Entities[0].Id, Is.Not.EqualTo(first));
    }

    [TestCaseSource(nameof(Hostile))]
    public void Read_OfAHostileRecord_RefusesItWithItsReason(HostileRecord record)
    {
        var reason = _format.Read(record.Value, Now, _batch, out var detail);
        Assert.That(reason, Is.EqualTo(record.Reason), detail);
        Assert.That(detail, Is.Not.Empty);
        Assert.That(detail!.Length, Is.LessThan(300));
    }

    [TestCase("253402300799", "'ts' is 253402300799 (1978-01-11T21:31:40.799Z), before 2000-01-01")]
    [TestCase("\"9999-12-31T23:59:59Z\"", "'ts' is 9999-12-31T23:59:59Z, more than")]
    [TestCase("\"0001-01-01T00:00:00Z\"", "'ts' is 0001-01-01T00:00:00Z, before 2000-01-01")]
    [TestCase("-99999999999", "'ts' is -99999999999, before 2000-01-01")]
    [TestCase("12345", "'ts' is 12345 (1970-01-01T03:25:45.000Z), before 2000-01-01")]
    [TestCase("1e300", "'ts' is 1e300, which is no epoch number")]
    public void Read_OfATimeThatCannotBe_SaysTheTimeThatWasGiven(string time, string words)
    {
        var message = Encoding.UTF8.GetBytes($$$"""{"model":"m","ts":{{{time}}},"metrics":{"a":1}}""");
        Assert.That(_format.Read(message, Now, _batch, out var detail), Is.EqualTo(RejectReason.TimeOutOfRange));
        Assert.That(detail, Does.StartWith(words));
    }

    [Test]
    public void Read_AfterAHostileRecord_WorksAsBefore()
    {
        foreach (var record in Hostile)
        {
            _format.Read(record.Value, Now, _batch, out _);
            Take(HostileRecords.Good(Now));
            Assert.That(_batch.MetricsOf(_batch.Entities[0])[0].Value, Is.EqualTo(1), record.Name);
        }
    }

    [Test]
    public void Read_RandomChangesOfASoundMessage_NeverThrows()
    {
        var sound = Encoding.UTF8.GetBytes(
            """{"model":"llama","ts":1795341600.25,"labels":{"a\u0041":"é","b":"2"},"step":7,"metrics":{"x":-1.5e3,"y":"NaN","z":null}}""");
        var random = new Random(16);
        var accepted = 0;
        for (var i = 0; i < 200_000; i++)
        {
            var changed = (byte[])sound.Clone();
            for (var k = random.Next(1, 4); k > 0; k--) changed[random.Next(changed.Length)] = (byte)random.Next(256);
            if (_format.Read(changed.AsSpan(0, random.Next(4) == 0 ? random.Next(changed.Length) : changed.Length), Now, _batch,
                out var detail) == RejectReason.None) accepted++;
            else Assert.That(detail, Is.Not.Null);
        }

        Assert.That(accepted, Is.GreaterThan(1000));
    }

    [Test]
    public void Read_InSteadyState_AllocatesNothing()
    {
        var message =
            ("""{"model":"llama-70b","ts":"2026-11-22T10:00:00.000Z","labels":{"instance":"gpu-7"},"""u8
                + """ "step":1200,"metrics":{"ttft_p99_ms":182.3,"error_rate":0.002}}"""u8).ToArray();
        for (var i = 0; i < 1000; i++) _format.Read(message, Now, _batch, out _);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) _format.Read(message, Now, _batch, out _);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    [Test]
    public async Task Schema_OfTheDocumentation_AgreesWithTheReader()
    {
        var schema = await JsonSchema.FromFileAsync(Path.Combine(SharedFolder.RepositoryRoot, "docs", "metric-message.schema.json"));
        Assert.That(
            schema.Validate(
                """{"model":"m","ts":"2026-11-22T10:00:00.000Z","labels":{"a":"b"},"step":1,"metrics":{"x":1,"y":"NaN","z":null}}"""),
            Is.Empty);
        Assert.That(schema.Validate("""[{"model":"m","ts":1795341600,"metrics":{"x":1}}]"""), Is.Empty);
        foreach (var record in Hostile.Where(r =>
            r.Reason is RejectReason.WrongType or RejectReason.MissingField or RejectReason.Empty or RejectReason.NotAnObject))
        {
            // The schema doesn't say what a time looks like and speaks of one value; its reader has a limit of depth of its own.
            if (record.Name.EndsWith(" behind a message", StringComparison.Ordinal)) continue;
            if (record.Name.StartsWith("time ", StringComparison.Ordinal) || record.Name.StartsWith("deep ", StringComparison.Ordinal))
                continue;
            Assert.That(schema.Validate(Encoding.UTF8.GetString(record.Value!)), Is.Not.Empty, record.Name);
        }
    }

    private void Take(string message)
    {
        var reason = _format.Read(Encoding.UTF8.GetBytes(message), Now, _batch, out var detail);
        Assert.That(reason, Is.EqualTo(RejectReason.None), detail);
    }
}
