using System.Diagnostics;
using LeptonStream.Collector.Points;

namespace LeptonStream.Roles.Tests.Collector.Formats;

/// <summary>
/// Payloads that nobody meant to send, seeded: real ones with bytes changed, cut, doubled and put together, and noise. Whatever they
/// are, no decoder throws or hangs, memory stays bounded, and each refusal has a reason.
/// </summary>
public sealed class FormatFuzzTests
{
    private const int FastPayloads = 200_000;
    private const int SlowPayloads = 2_000_000;

    // A kilobyte of payload is read in microseconds; a second would be a hang.
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(5);

    private static readonly FormatLimits Limits = new() { Points = 2000, DecompressedBytes = 1 << 20 };

    private static readonly string[] Tokens =
    [
        "{", "}", "[", "]", "\"", "\\", "\n", ",", "=", " ", ":", "NaN", "1e999", "-", "\\u0000", "\\ud800", "null", "# TYPE h histogram\n",
        "h_bucket{le=\"+Inf\"} 1\n", "h_sum 1\n", "\u00ff", "训", "999999999999999999999", "\"metrics\":", "\"name\":", "{\"metric\":",
    ];

    [Test]
    public void Read_OfChangedPayloads_NeverThrowsAndSaysWhy() => Fuzz(new(20261129, FastPayloads));

    [Test, Category("Slow")]
    public void Read_OfMillionsOfChangedPayloads_NeverThrowsAndSaysWhy() => Fuzz(FuzzPlan.Slow(SlowPayloads));

    private static void Fuzz(FuzzPlan plan)
    {
        var memory = GC.GetTotalMemory(forceFullCollection: true);
        var seeds = Seeds();
        var catalog = new FormatCatalog();
        string[] names = [.. catalog.Names];
        using var decompressor = new Decompressor();
        var batch = new PointBatch();
        var bytes = new byte[16 << 10];
        long taken = 0;
        var watch = Stopwatch.StartNew();
        foreach (var (i, seed, random) in plan.Steps())
        {
            if (i == 0) batch.Clear();
            var length = Mutate(random, seeds[random.Next(seeds.Length)], seeds[random.Next(seeds.Length)], bytes);
            var payload = bytes.AsSpan(0, length);
            var name = random.Next(4) == 0 ? catalog.ByLook(payload).Format?.Name ?? names[0] : names[random.Next(names.Length)];
            // Several payloads may be gathered in a batch.
            if (random.Next(8) != 0) batch.Clear();
            var before = (Points: batch.Points.Length, batch.FaultCount);
            var start = watch.Elapsed;
            var outcome = FormatOutcome.Refused;
            try
            {
                outcome = catalog.ByName(name)!.Read(payload, batch, Limits);
                Touch(batch);
                if (i % 16 == 0)
                    decompressor.TryRead(Decompressor.Encodings[random.Next(Decompressor.Encodings.Count)], payload, Limits, out _);
            }
            catch (Exception thrown)
            {
                Assert.Fail($"payload {i} of seed {seed}, read as {name}: {thrown}\n{Convert.ToHexString(payload)}");
            }

            var says = $"payload {i} of seed {seed}, read as {name}: {outcome}";
            if (watch.Elapsed - start > Hang) Assert.Fail($"{says} took {watch.Elapsed - start}");
            var isFaulty = batch.FaultCount > before.FaultCount;
            if (isFaulty != (outcome != FormatOutcome.Taken)) Assert.Fail($"{says}, {batch.FaultCount - before.FaultCount} faults");
            var points = batch.Points.Length - before.Points;
            if (points < 0 || points > Limits.Points) Assert.Fail($"{says}, {points} points");
            if (outcome == FormatOutcome.Refused && points > 0) Assert.Fail($"{says}, {points} points");
            if (outcome == FormatOutcome.Partial && points == 0) Assert.Fail($"{says} without points");
            taken += points;
        }

        Assert.That(taken, Is.GreaterThan(plan.Payloads / 10), "the changes leave too little that can be read");
        Assert.That(GC.GetTotalMemory(forceFullCollection: true) - memory, Is.LessThan(64 << 20));
        GC.KeepAlive(batch);
    }

    // Whatever a batch holds can be read.
    private static void Touch(PointBatch batch)
    {
        var sum = 0L;
        foreach (ref readonly var point in batch.Points)
        {
            sum += batch.BytesOf(point.Name).Length + batch.BytesOf(point.Unit).Length + batch.BytesOf(point.Model).Length;
            if (point.Name.IsEmpty) throw new InvalidOperationException("a point without name");
            if (point.Labels.Count + point.Scope.Count + point.Resource.Count > Limits.Labels)
                throw new InvalidOperationException("too many labels");
            sum += Sum(batch, point.Labels) + Sum(batch, point.Resource) + Sum(batch, point.Scope);
            if (!point.HasDistribution) continue;
            ref readonly var d = ref batch.DistributionOf(point);
            if (point.Kind == PointKind.Histogram && d.Counts.Count > 0 && d.Counts.Count != d.Bounds.Count + 1)
                throw new InvalidOperationException("a histogram that contradicts itself");
            sum += batch.NumbersOf(d.Counts).Length + batch.NumbersOf(d.Bounds).Length + batch.NumbersOf(d.NegativeCounts).Length
                + batch.NumbersOf(d.Quantiles).Length + batch.NumbersOf(d.QuantileValues).Length;
        }

        foreach (var refusal in batch.Refusals)
            if (refusal.Reason == RefusalReason.None || string.IsNullOrEmpty(refusal.Detail))
                throw new InvalidOperationException($"a refusal without reason: {refusal}");
        GC.KeepAlive(sum);
    }

    private static long Sum(PointBatch batch, LabelRange labels)
    {
        var sum = 0L;
        foreach (ref readonly var label in batch.LabelsOf(labels))
            sum += batch.BytesOf(label.Name).Length + batch.BytesOf(label.Value).Length;
        return sum;
    }

    internal static byte[][] Seeds() =>
    [
        .. WireCaptureTests.All().Select(capture => File.ReadAllBytes(capture.Path)),
        // The messages within the blocks of remote write, which changed bytes of a block seldom reach.
        .. WireCaptureTests.All().Where(capture => capture.Format.StartsWith("prometheus", StringComparison.Ordinal))
            .Select(capture => Snappier.Snappy.DecompressToArray(File.ReadAllBytes(capture.Path))),
        PrometheusProtoTests.Page,
        .. Samples.All.Select(System.Text.Encoding.UTF8.GetBytes),
    ];

    internal static int Mutate(Random random, byte[] seed, byte[] other, byte[] into)
    {
        var length = Math.Min(seed.Length, into.Length / 2);
        seed.AsSpan(0, length).CopyTo(into);
        if (random.Next(50) == 0)
        {
            length = random.Next(1, 300);
            random.NextBytes(into.AsSpan(0, length));
            return length;
        }

        for (var changes = random.Next(5); changes > 0 && length > 0; changes--)
        {
            var at = random.Next(length);
            switch (random.Next(7))
            {
                case 0: into[at] = (byte)random.Next(256); break;
                case 1: into[at] ^= (byte)(1 << random.Next(8)); break;
                case 2: length = at; break;
                case 3:
                    var span = Math.Min(random.Next(1, 40), length - at);
                    into.AsSpan(at + span, length - at - span).CopyTo(into.AsSpan(at));
                    length -= span;
                    break;
                case 4:
                    length = Insert(into, length, at, other.AsSpan(random.Next(other.Length)), random.Next(1, 60));
                    break;
                case 5:
                    length = Insert(into, length, at, System.Text.Encoding.UTF8.GetBytes(Tokens[random.Next(Tokens.Length)]), 60);
                    break;
                default:
                    length = Insert(into, length, at, [0xFF, 0xFF, 0xFF, 0xFF, (byte)random.Next(256)], random.Next(1, 6));
                    break;
            }
        }

        return length;
    }

    private static int Insert(byte[] into, int length, int at, ReadOnlySpan<byte> what, int most)
    {
        what = what[..Math.Min(what.Length, most)];
        if (length + what.Length > into.Length) return length;
        into.AsSpan(at, length - at).CopyTo(into.AsSpan(at + what.Length));
        what.CopyTo(into.AsSpan(at));
        return length + what.Length;
    }
}
