using LeptonStream.Detection;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Store;
using LeptonStream.Samples;
using LeptonStream.State;

namespace LeptonStream.Core.Tests.Detection.Lifecycle;

/// <summary>What is kept of a chart finds the same onset as all of its points do.</summary>
public sealed class ChangeOnsetTests
{
    private static readonly double[] Noises = [0.2, 0.6, 1, 3];

    [TestCase(120, Category = "Slow")]
    [TestCase(40)]
    [TestCase(3)]
    public void Find_AfterAnySamples_IsWhatAllPointsOfTheChartSay(int length)
    {
        var (asked, early) = (0, 0);
        for (var seed = 0; seed < 60; seed++)
        {
            var story = new Story(seed, length);
            for (var i = 0; i < 1_500; i++)
            {
                story.Step();
                var found = story.Found();
                Assert.That(found, Is.EqualTo(story.Expected()), $"seed {seed}, sample {i}");
                asked++;
                if (found.Onset < story.Pending) early++;
            }
        }

        Assert.That((double)early / asked, Is.GreaterThan(0.001), "some begin before they are suspected");
    }

    [Test]
    public void Load_OfWhatWasSaved_GoesOnAlike()
    {
        var story = new Story(seed: 3, length: 120);
        for (var i = 0; i < 900; i++)
        {
            story.Step();
            story.Restore();
            Assert.That(story.Found(), Is.EqualTo(story.Expected()));
        }
    }

    // A series that wanders, jumps and comes back, under an alert that becomes pending now and then.
    private sealed class Story(int seed, int length)
    {
        private readonly Random _random = new(seed);
        private readonly OnsetPlan _plan = new(length, seed % 3 == 0 ? ValueBounds.FromZero : ValueBounds.None, new());
        private readonly List<ChartPoint> _points = [];
        private ChangeOnset _onset;
        private ushort _number = 65_000;
        private double _level = 5;
        private double _forecast = 5;
        private bool _isPending;

        public Timestamp Pending { get; private set; }

        public void Step()
        {
            if (_random.Next(90) == 0) _level = _random.NextDouble() * 20;
            _forecast += (_level - _forecast) * 0.05;
            var noise = Noises[seed % Noises.Length] * ((_random.NextDouble() * 2) - 1);
            var value = _random.Next(50) == 0 ? float.NaN : (float)(_level + noise);
            var half = _random.Next(40) == 0 ? float.NaN : 0.5f + (float)_random.NextDouble();
            var time = _points.Count == 0 ? 1_000 : _points[^1].Nanoseconds + 1 + _random.Next(3);
            var point = new ChartPoint(time, value, (float)_forecast, half);
            _number++;
            _onset.Follow(new(point, _number, _points.Count > 0), _points.Count > 0 ? _points[^1] : default, _isPending, _plan);
            _points.Add(point);
            if (_points.Count > length) _points.RemoveAt(0);

            // As a lifecycle does: suspected by the newest sample, and not at once again.
            if (_isPending && _random.Next(30) == 0) _isPending = false;
            else if (!_isPending && _random.Next(12) == 0) (_isPending, Pending) = (true, new(time + _random.Next(2)));
        }

        public void Restore()
        {
            var state = new StateWriter();
            _onset.Save(state);
            var copy = new ChangeOnset();
            var reader = new StateReader(state.Written);
            copy.Load(ref reader, _plan);
            reader.End();
            _onset = copy;
        }

        public (Timestamp Onset, ExpectedBand Band) Found() => _onset.Find(new(_points[^1], _number, true), Suspected, _plan);

        public (Timestamp Onset, ExpectedBand Band) Expected()
        {
            var drawn = _points.ConvertAll(point => point.Drawn(_plan.Bounds));
            var last = drawn[^1];
            for (var i = 0; i < drawn.Count; i++)
            {
                var (first, half) = (drawn[i], drawn[i].Upper - drawn[i].Expected);
                if (!(first.Value > first.Upper || first.Value < first.Lower)) continue;
                var side = Math.Sign(first.Value - first.Expected);
                if (!(side * (last.Value - first.Expected) > half)) continue;
                var on = drawn.Skip(i).Count(point => side * (point.Value - first.Expected) >= 0.5 * half);
                if (on >= 0.8 * (drawn.Count - i)) return (Timestamp.Earlier(first.Time, Suspected), new(first.Expected, half));
            }

            var fallback = drawn.FindIndex(point => point.Time >= Suspected);
            var usual = fallback < 0 ? last : drawn[fallback];
            return (Suspected, new(usual.Expected, usual.Upper - usual.Expected));
        }

        // An alert that opens was pending, or became so by this sample.
        private Timestamp Suspected => _isPending ? Pending : new(_points[^1].Nanoseconds);
    }
}
