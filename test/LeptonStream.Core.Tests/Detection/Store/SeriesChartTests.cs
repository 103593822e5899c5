using LeptonStream.Alerts;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Store;

namespace LeptonStream.Core.Tests.Detection.Store;

/// <summary>A chart draws what was put in, within a five-hundredth of what it shows.</summary>
public sealed class SeriesChartTests
{
    private const int Length = 120;

    private static readonly ValueBounds[] Bounds = [ValueBounds.None, ValueBounds.FromZero, ValueBounds.Share, new(-1e30, 0.1)];

    [Test]
    public void Read_AfterAnyPoints_IsWithinAFiveHundredthOfTheRange([Range(0, 47)] int seed)
    {
        var chart = new Chart(Length, Bounds[seed % Bounds.Length]);
        var story = new Story(seed);
        for (var i = 0; i < 700; i++)
        {
            chart.Add(story.Next());
            chart.Check(least: Length - 40);
        }
    }

    [TestCase(120)]
    [TestCase(40)]
    public void Read_OfPointsAtAPace_ShowsThatMany(int length)
    {
        var chart = new Chart(length, ValueBounds.None);
        for (var i = 0; i < 400; i++)
        {
            chart.Add(new((15_000_000_000L * i) + (i % 7 * 20_000_000), i % 13, 6, 3));
            Assert.That(chart.Check(least: 0), Is.EqualTo(Math.Min(i + 1, length)));
        }
    }

    [Test]
    public void Read_OnceAnOutlierIsNotShownAnyMore_LeavesOutWhatWasCodedBesideIt()
    {
        var chart = new Chart(Length, ValueBounds.None);
        for (var i = 0; i < 800; i++)
        {
            chart.Add(new(1_000_000_000L * i, i % 150 == 0 ? 1e12f : 10 + (i % 5), 12, 4));
            chart.Check(least: Length - ChartSegment.Points);
        }
    }

    [Test]
    public void Read_OfValuesThatStandStillInABandThatMoves_DrawsThemAsTheyAre()
    {
        var chart = new Chart(Length, ValueBounds.None);
        for (var i = 0; i < 400; i++)
        {
            chart.Add(new(15_000_000_000L * i, 36.977f, 36 + (i % 7), 20));
            Assert.That(chart.Points().Select(point => point.Value), Is.All.EqualTo(36.977f));
        }
    }

    [Test]
    public void Read_OfValuesThatAreNoNumbers_SaysWhichTheyAre()
    {
        var chart = new Chart(Length, ValueBounds.None);
        float[] odd = [float.NaN, float.PositiveInfinity, float.NegativeInfinity, 1, 2, 3];
        for (var i = 0; i < 100; i++)
        {
            chart.Add(new(1_000 * i, odd[i % odd.Length], float.NaN, float.NaN));
            chart.Check(least: 0);
        }
    }

    [TestCase(120, 40)]
    [TestCase(40, 120)]
    public void Take_OfAChartOfAnotherLength_ShowsItsNewest(int from, int to)
    {
        var chart = new Chart(from, ValueBounds.None);
        for (var i = 0; i < 131; i++) chart.Add(new(1_000_000_000L * i, i % 17, 8, 9));
        var taken = chart.TakenBy(to);
        taken.Check(least: 33);
        for (var i = 131; i < 300; i++)
        {
            taken.Add(new(1_000_000_000L * i, i % 17, 8, 9));
            taken.Check(least: 33);
        }
    }

    private sealed class Chart(int length, ValueBounds bounds)
    {
        private readonly byte[] _memory = new byte[SeriesChart.BytesFor(length)];
        private readonly List<ChartPoint> _all = [];
        private ChartState _state;

        public void Add(in ChartPoint point)
        {
            new SeriesChart(_memory, ref _state, length).Add(point, bounds);
            _all.Add(point);
        }

        public Chart TakenBy(int other)
        {
            var taken = new Chart(other, bounds);
            new SeriesChart(taken._memory, ref taken._state, other).Take(new SeriesChart(_memory, ref _state, length));
            taken._all.AddRange(_all);
            return taken;
        }

        public AlertPoint[] Points() => new SeriesChart(_memory, ref _state, length).Read(bounds);

        public int Check(int least)
        {
            var points = Points();
            Assert.That(points, Has.Length.InRange(Math.Min(least, _all.Count), length));
            Assert.That(points[^1], Is.EqualTo(_all[^1].Drawn(bounds)), "the newest is as it was");
            var kept = _all.GetRange(_all.Count - points.Length, points.Length).ConvertAll(point => point.Drawn(bounds));
            double low = double.PositiveInfinity, high = double.NegativeInfinity;
            foreach (var y in kept.SelectMany(Numbers).Where(double.IsFinite)) (low, high) = (Math.Min(low, y), Math.Max(high, y));
            var most = Math.Max(0, high - low) / 500;
            var late = (kept[^1].Time - kept[0].Time).TotalSeconds / 500;
            for (var i = 0; i < points.Length; i++)
            {
                var drawn = Numbers(points[i]);
                var given = Numbers(kept[i]);
                for (var k = 0; k < given.Length; k++)
                    if (!IsNear(drawn[k], given[k], most)) Assert.Fail($"{drawn[k]} for {given[k]}, at most {most} off ({i}, {k})");
                var off = Math.Abs((points[i].Time - kept[i].Time).TotalSeconds);
                if (off > late + 1e-7) Assert.Fail($"point {i} of {points.Length} is {off} s off, at most {late}");
                if (i > 0 && points[i].Time < points[i - 1].Time) Assert.Fail($"point {i} lies before the one before it");
            }

            return points.Length;
        }

        private static bool IsNear(double drawn, double given, double most) =>
            double.IsFinite(given) ? Math.Abs(drawn - given) <= most : drawn.Equals(given);

        private static double[] Numbers(AlertPoint point) => [point.Value, point.Expected, point.Lower, point.Upper];
    }

    // Of all sizes and paces, with gaps and holes.
    private sealed class Story(int seed)
    {
        private readonly Random _random = new(seed);
        private long _time = 1_760_000_000_000_000_000;
        private double _level = 1;

        public ChartPoint Next()
        {
            var noise = (_random.NextDouble() * 2) - 1;
            _level = (seed % 6) switch
            {
                0 => 100 + noise,
                1 => noise * Math.Pow(10, _random.Next(-36, 37)),
                2 => _level + noise,
                3 => _random.Next(2) == 0 ? 1e9 : noise,
                4 => Math.Abs(_level) < 1e30 && _random.Next(4) > 0 ? _level * (1 + noise) : noise,
                _ => _random.Next(100) == 0 ? noise * 1e20 : 0.5 + (0.01 * noise),
            };
            _time += (seed / 6 % 4) switch
            {
                0 => 15_000_000_000,
                1 => 15_000_000_000 + _random.Next(-400_000_000, 400_000_000),
                2 => (long)(1e9 * Math.Pow(10, _random.Next(-6, 7))),
                _ => _random.Next(60) == 0 ? 86_400_000_000_000 : 1_000_000_000,
            };
            var value = _random.Next(30) == 0 ? float.NaN : (float)_level;
            var half = _random.Next(30) == 0 ? float.NaN : (float)(Math.Abs(_level) * _random.NextDouble() * 3);
            return new(_time, value, float.IsNaN(half) ? half : (float)(_level + noise), half);
        }
    }
}
