using System.Globalization;
using LeptonStream.Collector.Mapping;
using LeptonStream.Testing;
using NUnit.Framework;

namespace LeptonStream.Roles.Tests.Collector.Mapping;

/// <summary>
/// Cases of trouble through the mapper: levels reach the detector number by number, blanks and NaN among them, so that it judges them as
/// if they had come directly. A total that is declared one never shows its restarts.
/// </summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class TroubleMappingTests
{
    private readonly PointMapper _mapper = new(CollectorConfig.Default);

    [TestCase("24-collector-outage", "requests_per_s")]
    [TestCase("25-quantile-nan-without-traffic", "ttft_p99_s")]
    [TestCase("25b-nan-first", "ttft_p99_s")]
    [TestCase("34-dcgm-blank-for-good", "gpu.tensor_active")]
    public void Map_ACaseAsLevels_TheDetectorGetsTheSameNumbers(string name, string metric)
    {
        var (source, rows) = Read(name);
        foreach (var (time, value) in rows)
        {
            var mapped = new MappingPayload().Gauge($"{source}{{job=j}}", time, value).MapBy(_mapper);
            Assert.That(mapped.Messages.Length, Is.EqualTo(1));
            var message = mapped.Messages[0];
            var sample = mapped.SamplesOf(message)[0];
            Assert.That((message.Time, sample.Value, sample.Series.Metric), Is.EqualTo((MappingPayload.At(time), value, metric)));
        }
    }

    [Test]
    public void Map_ATotalThatIsDeclared_GivesRatesWithoutASpikeOrAHoleOfMinus()
    {
        var (_, rows) = Read("13-total-as-gauge");
        var (rates, resets) = (new List<double>(), 0);
        foreach (var (time, value) in rows)
        {
            var mapped = new MappingPayload().Total("requests_total{job=j}", time, value).MapBy(_mapper);
            resets += mapped.CountOf(DropReason.Reset);
            if (mapped.SampleCount > 0) rates.Add(mapped.SamplesOf(mapped.Messages[0])[0].Value);
        }

        var falls = rows.Zip(rows.Skip(1)).Count(pair => pair.Second.Value < pair.First.Value);
        Assert.That(falls, Is.GreaterThan(0));
        Assert.That(resets, Is.EqualTo(falls));
        var increases = rows.Zip(rows.Skip(1)).Select(pair => (pair.Second.Value - pair.First.Value) / (pair.Second.Time - pair.First.Time))
            .Where(rate => rate >= 0).ToArray();
        Assert.That(rates, Is.All.InRange(0, increases.Max() + 1e-9));
        Assert.That(rates, Has.Count.InRange(rows.Length - 1 - (3 * falls), rows.Length - 1 - falls));
    }

    private static (string Metric, (double Time, double Value)[] Rows) Read(string name)
    {
        var lines = File.ReadAllLines(SharedFolder.Require($"data/trouble/{name}.csv"));
        (double, double)[] rows = [.. lines.Skip(1).Select(line => line.Split(',')).Select(cells => (
            double.Parse(cells[0], CultureInfo.InvariantCulture) - (MappingPayload.Begin / 1e9),
            double.Parse(cells[1], CultureInfo.InvariantCulture)))];
        return (lines[0].Split(',')[1], rows);
    }
}
