using System.Text;
using LeptonStream.Drift;
using LeptonStream.Samples;
using LeptonStream.Testing;
using NJsonSchema;

namespace LeptonStream.Core.Tests.Samples;

/// <summary>Distributions in the native JSON format: what is taken, what is refused, and why.</summary>
public sealed class DistributionFormatTests
{
    private static readonly Timestamp Now = Timestamp.FromDateTimeOffset(new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero));

    private static readonly string[] Forms =
    [
        """{"bounds":[0,1,2],"counts":[1,2,3,4]}""",
        """{"bounds":[0,1,2],"counts":[5,6]}""",
        """{"bounds":["-Infinity",0,1,"Infinity"],"counts":[1,2,3]}""",
        """{"bounds":[0,1,"+Inf"],"counts":[1,2,3]}""",
        """{"relative_accuracy":0.01,"offset":-3,"counts":[1,0,2],"zero_count":4,"negative_offset":1,"negative_counts":[5]}""",
        """{"gamma":1.02,"counts":[1,2]}""",
        """{"means":[1,2,2,3.5],"weights":[1,2,3,1]}""",
        """{"categories":{"en":70,"zh":30}}""",
        """{"categories":{"en":0.7,"zh":0.3},"count":100}""",
        """{"count":12,"centroid":[0.1,-0.2],"variance":[1,0.5]}""",
        """{"count":12,"centroid":[0.1,-0.2],"variance":[1,0.5],"projections":[{"bounds":[-1,0,1],"counts":[0,5,7,0]}]}""",
    ];

    private static readonly (string Fault, RejectReason Reason, string Word)[] Faults =
    [
        ("""[]""", RejectReason.WrongType, "object"),
        ("""{}""", RejectReason.MissingField, "none of bounds"),
        ("""{"counts":[1,2]}""", RejectReason.MissingField, "none of bounds"),
        ("""{"bounds":[0,1],"counts":[1,2]}""", RejectReason.WrongType, "one count less"),
        ("""{"bounds":[1,0],"counts":[1]}""", RejectReason.WrongType, "ascend"),
        ("""{"bounds":[1,1],"counts":[1]}""", RejectReason.WrongType, "ascend"),
        ("""{"bounds":[],"counts":[1]}""", RejectReason.WrongType, "ascend"),
        ("""{"bounds":["NaN",1],"counts":[1]}""", RejectReason.WrongType, "'bounds'"),
        ("""{"bounds":[0,1],"counts":[-1]}""", RejectReason.NumberOutOfRange, "'counts'"),
        ("""{"bounds":[0,1],"counts":[1e300]}""", RejectReason.NumberOutOfRange, "'counts'"),
        ("""{"bounds":[0,1e200],"counts":[1]}""", RejectReason.NumberOutOfRange, "'bounds'"),
        ("""{"bounds":[0,1],"counts":["1"]}""", RejectReason.WrongType, "'counts'"),
        ("""{"bounds":[0,1],"counts":1}""", RejectReason.WrongType, "'counts'"),
        ("""{"bounds":[0,1],"counts":[1],"counts":[1]}""", RejectReason.DuplicateField, "'counts'"),
        ("""{"relative_accuracy":0,"counts":[1]}""", RejectReason.WrongType, "'gamma'"),
        ("""{"relative_accuracy":2,"counts":[1]}""", RejectReason.WrongType, "'relative_accuracy'"),
        ("""{"gamma":2,"offset":1000,"counts":[1]}""", RejectReason.NumberOutOfRange, "buckets"),
        ("""{"gamma":2,"offset":0.5,"counts":[1]}""", RejectReason.NumberOutOfRange, "whole"),
        ("""{"means":[1,2],"weights":[1]}""", RejectReason.WrongType, "2 'means' and 1 'weights'"),
        ("""{"means":[2,1],"weights":[1,1]}""", RejectReason.WrongType, "ascend"),
        ("""{"categories":[1]}""", RejectReason.WrongType, "'categories'"),
        ("""{"categories":{"a":1,"a":2}}""", RejectReason.DuplicateField, "'categories'"),
        ("""{"categories":{"a\u0000":1}}""", RejectReason.InvalidText, "control"),
        ("""{"centroid":[1],"variance":[1]}""", RejectReason.MissingField, "'count'"),
        ("""{"count":5,"centroid":[1],"variance":[]}""", RejectReason.WrongType, "'variance'"),
        ("""{"count":5,"centroid":[1],"variance":[-1]}""", RejectReason.WrongType, "'variance'"),
        ("""{"count":5,"centroid":[1],"variance":[1],"projections":[{"categories":{"a":1}}]}""", RejectReason.WrongType, "'projections'"),
        ("""{"bounds":[0,1],"counts":[1],"reference":{"categories":{"a":1}}}""", RejectReason.WrongType, "'reference'"),
        ("""{"bounds":[0,1],"counts":[1],"reference":{"bounds":[0]}}""", RejectReason.WrongType, "one count less"),
    ];

    private readonly NativeJsonFormat _format = new(FormatLimits.Default);
    private readonly SampleBatch _batch = new();

    [TestCaseSource(nameof(Forms))]
    public void Read_EveryForm_IsTakenWithAndWithoutAReference(string form)
    {
        Assert.That(Take(Message(form)).Reference, Is.Null);
        var distribution = Take(Message($"{form[..^1]},\"reference\":{form}}}"));
        Assert.That(distribution.Reference, Is.Not.Null);
        Assert.That(distribution.Reference!.Count, Is.EqualTo(distribution.Sample.Count));
    }

    [Test]
    public void Read_TheSizeOfASample_IsTheSumOfCountsOrTheDeclaredCount() =>
        Assert.That(Forms.Select(form => Take(Message(form)).Sample.Count),
            Is.EqualTo((double[])[10, 11, 6, 6, 12, 3, 7, 100, 100, 12, 12]).Within(1e-9));

    [Test]
    public void Read_MetricsBesideDistributions_AreBothThere()
    {
        Take(Message(Forms[0]).Replace("\"ts\"", "\"metrics\":{\"a\":1},\"ts\"", StringComparison.Ordinal));
        Assert.That(_batch.MetricsOf(_batch.Entities[0]).Length, Is.EqualTo(1));
    }

    [Test]
    public void Read_SeveralEntities_EachHasItsOwn()
    {
        var lines = string.Join('\n', Message(Forms[0]), """{"model":"m","ts":1795341600,"metrics":{"a":1}}""", Message(Forms[7]));
        Assert.That(Read(lines, out var detail), Is.EqualTo(RejectReason.None), detail);
        Assert.That(_batch.Entities.ToArray().Select(entity => _batch.DistributionsOf(entity).Length), Is.EqualTo((int[])[1, 0, 1]));
        Assert.That(_batch.DistributionsOf(_batch.Entities[2])[0].Sample, Is.TypeOf<CategoryCounts>());
    }

    [TestCase("""{"bounds":[0,1],"counts":[0]}""")]
    [TestCase("""{"categories":{}}""")]
    [TestCase("""{"means":[],"weights":[]}""")]
    [TestCase("""{"count":0,"centroid":[1],"variance":[1]}""")]
    [TestCase("null")]
    public void Read_NoValues_IsNoDistributionAndNoFault(string form)
    {
        Assert.That(Read(Message(form), out var detail), Is.EqualTo(RejectReason.None), detail);
        Assert.That(_batch.DistributionsOf(_batch.Entities[0]).Length, Is.Zero);
    }

    [TestCaseSource(nameof(Faults))]
    public void Read_AFault_IsRefusedWithItsReasonAndNamesTheField((string Json, RejectReason Reason, string Word) fault)
    {
        var reason = Read(Message(fault.Json), out var detail);
        Assert.That(reason, Is.EqualTo(fault.Reason), detail);
        Assert.That(detail, Does.Contain(fault.Word).And.Contain("'age'"));
        Assert.That(detail, Has.Length.LessThan(300));
    }

    [TestCase("age.drift.psi", false)]
    [TestCase("age.drift.mmd", false)]
    [TestCase("age.drift.other", true)]
    [TestCase("wage.drift.psi", true)]
    [TestCase("age", true)]
    [TestCase(".drift.psi", true)]
    public void Read_AMetricWithTheNameOfADistance_IsRefused(string metric, bool isTaken)
    {
        var reason = Read($$$"""{"model":"m","ts":1795341600,"metrics":{"{{{metric}}}":1},"distributions":{"age":{{{Forms[0]}}}}}""",
            out var detail);
        Assert.That(reason, Is.EqualTo(isTaken ? RejectReason.None : RejectReason.DuplicateField), detail);
        if (!isTaken) Assert.That(detail, Does.Contain($"'{metric}'"));
        Assert.That(Read($$$"""{"model":"m","ts":1795341600,"metrics":{"{{{metric}}}":1} }""", out _), Is.EqualTo(RejectReason.None));
    }

    [Test]
    public void Read_MoreThanTheLimits_IsRefused()
    {
        var many = string.Join(',', Enumerable.Range(0, 5000));
        var categories = string.Join(',', Enumerable.Range(0, 600).Select(i => $"\"c{i}\":1"));
        foreach (var form in (string[])[$$"""{"means":[{{many}}],"weights":[1]}""",
            $$"""{"count":1,"centroid":[{{many}}],"variance":[1]}""", $$$"""{"categories":{{{{categories}}}}}"""])
            Assert.That(Read(Message(form), out _), Is.EqualTo(RejectReason.TooMany));
        var names = string.Join(',', Enumerable.Range(0, 65).Select(i => $"\"d{i}\":{Forms[0]}"));
        Assert.That(Read($$"""{"model":"m","ts":1795341600,"distributions":{ {{names}} } }""", out _), Is.EqualTo(RejectReason.TooMany));
    }

    [Test]
    public async Task Schema_TakesEveryFormAndRefusesFaults()
    {
        var schema = await JsonSchema.FromFileAsync(Path.Combine(SharedFolder.RepositoryRoot, "docs", "metric-message.schema.json"));
        foreach (var form in Forms)
        {
            Assert.That(schema.Validate(Message(form)), Is.Empty, form);
            Assert.That(schema.Validate(Message($"{form[..^1]},\"reference\":{form}}}")), Is.Empty, form);
        }

        foreach (var form in (string[])["[]", "{}", """{"bounds":[0,1],"counts":1}""", """{"categories":[1]}"""])
            Assert.That(schema.Validate(Message(form)), Is.Not.Empty, form);
        Assert.That(schema.Validate("""{"model":"m","ts":1}"""), Is.Not.Empty, "neither metrics nor distributions");
    }

    [Test]
    public void Read_RandomChangesOfEveryForm_NeverThrowsAndComparesToNumbers()
    {
        var random = new Random(28);
        var alphabet = "{}[]\",:.-+eE0123456789 nulNaInfity\\"u8.ToArray();
        var accepted = 0;
        var sound = Forms
            .Select(form => (Encoding.UTF8.GetBytes(Message($"{form[..^1]},\"reference\":{form}}}")), Take(Message(form)).Sample))
            .ToArray();
        for (var i = 0; i < 100_000; i++)
        {
            var (bytes, other) = sound[i % sound.Length];
            var changed = (byte[])bytes.Clone();
            for (var k = random.Next(1, 4); k > 0; k--) changed[random.Next(40, changed.Length)] = alphabet[random.Next(alphabet.Length)];
            var reason = _format.Read(changed.AsSpan(0, random.Next(9) == 0 ? random.Next(changed.Length) : changed.Length), Now, _batch,
                out var detail);
            if (reason != RejectReason.None)
            {
                Assert.That(detail, Is.Not.Empty);
                continue;
            }

            foreach (var distribution in _batch.DistributionsOf(_batch.Entities[0])) accepted += Compare(distribution, other);
        }

        Assert.That(accepted, Is.GreaterThan(5_000));
    }

    private static int Compare(in SampleBatch.DistributionSample read, Distribution other)
    {
        var reference = read.Reference ?? other;
        if (!reference.IsComparableWith(read.Sample)) return 0;
        var merged = reference.MergeWith(0.5, read.Sample);
        foreach (var reading in (DriftReading[])[read.Sample.CompareWith(reference), other.IsComparableWith(merged)
            ? other.CompareWith(merged)
            : merged.CompareWith(merged)])
        {
            for (var i = 0; i < DriftNames.Count; i++) Assert.That(double.IsInfinity(reading[i]), Is.False);
            Assert.That(reading.Moves(), Has.Count.LessThanOrEqualTo(3));
        }

        return 1;
    }

    private SampleBatch.DistributionSample Take(string message)
    {
        Assert.That(Read(message, out var detail), Is.EqualTo(RejectReason.None), detail);
        return _batch.DistributionsOf(_batch.Entities[0])[0];
    }

    private RejectReason Read(string message, out string? detail) =>
        _format.Read(Encoding.UTF8.GetBytes(message), Now, _batch, out detail);

    private static string Message(string form) => $$$"""{"model":"m","ts":1795341600,"distributions":{"age":{{{form}}}}}""";
}
