using System.Runtime.InteropServices;
using FsCheck;
using FsCheck.Fluent;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Core.Tests.Series;

public sealed class PastExtremesTests
{
    // From a sample every few minutes to gaps beyond all that is remembered.
    private static readonly int[] GapMinutes = [3, 3, 40, 40, 400, 3_000];

    [Test]
    public void Before_AnySeriesWithGapsAndIncidents_IsAsSlowlyCounted() => Prop.ForAll(
        ArbMap.Default.ArbFor<(byte Gap, byte Scale, sbyte Value)[]>(),
        ArbMap.Default.ArbFor<bool>(),
        (steps, isHigh) =>
        {
            var past = new PastExtremes();
            var reference = new Reference();
            var time = At(480_000.3);
            foreach (var (gap, scale, value) in steps)
            {
                time += TimeSpan.FromMinutes((gap + 1) * (double)GapMinutes[scale % GapMinutes.Length] / 16);
                var isIncident = value % 3 == 0 && scale % 4 == 0;
                past.Add(time, value, isIncident);
                reference.Add(time, value, isIncident);
                foreach (var asked in (ReadOnlySpan<double>)[value, value / 2, 90])
                    if (past.Before(asked, isHigh, time) != reference.Before(asked, isHigh, time)) return false;
            }

            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300).WithEndSize(400));

    [Test]
    public void Before_AnyNumbers_ClaimsNoMoreThanIsTrue() => Prop.ForAll(
        ArbMap.Default.ArbFor<NormalFloat[]>(),
        numbers =>
        {
            var past = new PastExtremes();
            var time = At(480_000);
            var values = new List<(Timestamp Time, double Value)>();
            foreach (var number in numbers)
            {
                time += TimeSpan.FromMinutes(37);
                if (past.Before(number.Get, true, time) is { } unseen
                    && values.Any(v => v.Time >= time - unseen.Length && v.Value >= number.Get)) return false;
                past.Add(time, number.Get, isIncident: false);
                values.Add((time, number.Get));
            }

            return true;
        }).QuickCheckThrowOnFailure();

    // A peak so many hours ago, in a series that is known for forty days.
    [TestCase(0.5, null)]
    [TestCase(3.2, 3)]
    [TestCase(20, 15)]
    [TestCase(9.3 * 24, 8 * 24)]
    [TestCase(13.9 * 24, 13 * 24)]
    [TestCase(30 * 24, 14 * 24)]
    public void Before_PeakOfThatAge_IsToldAtItsResolution(double hours, double? told)
    {
        var now = 480_000.0 + 15;
        var past = Days(40, now, at => Math.Abs(at - (now - hours)) < 0.01 ? 100 : 10);
        Assert.That(past.Before(90, true, At(now))?.Length.TotalHours, told is null ? Is.Null : Is.InRange(told, hours));
        Assert.That(past.Before(90, true, At(now))?.IsEver, told is null ? Is.Null : Is.False);
    }

    [Test]
    public void Before_BeyondAllThereWas_IsEverAndForHowLongTheSeriesIsKnown()
    {
        var past = Days(40, 480_000, at => 10);
        Assert.That(past.Before(11, true, At(480_000)), Is.EqualTo(new RecordSpan(TimeSpan.FromMinutes((960 * 60) - 10), IsEver: true)));
        Assert.That(past.Before(9, false, At(480_000))?.IsEver, Is.True);
        Assert.That(past.Before(10, true, At(480_000)), Is.Null);
        Assert.That(new PastExtremes().Before(11, true, At(480_000)), Is.Null);
    }

    [Test]
    public void Before_DuringAnIncident_ComparesWithWhatWasBeforeIt()
    {
        var past = Days(9, 480_000, at => 10);
        past.Add(At(480_000.2), 100, isIncident: true);
        past.Add(At(480_030), 120, isIncident: true);
        Assert.That(past.Before(120, true, At(480_000.2))?.IsEver, Is.True);
        Assert.That(past.Before(100, true, At(480_000.2)), Is.Null, "the incident itself was higher");

        past.Add(At(480_031.2), 10, isIncident: false);
        Assert.That(past.Before(110, true, At(480_034))?.Length, Is.EqualTo(TimeSpan.FromMinutes(160)),
            "what it showed counts as seen at its end");
    }

    [TestCase(0.0)]
    [TestCase(-0.0)]
    public void Before_SeriesOfZeros_IsNoEmptyOne(double zero)
    {
        var past = Days(1, 480_000, at => zero);
        Assert.That(past.Before(1, true, At(480_000))?.IsEver, Is.True);
        Assert.That(past.Before(0, true, At(480_000)), Is.Null);
        Assert.That(past.Before(0, false, At(480_000)), Is.Null);
    }

    [Test]
    public void Add_ToACopyOfItsBytes_GoesOnBitEqual()
    {
        var past = Days(20, 480_000, at => Math.Sin(at));
        var bytes = Bytes(ref past).ToArray();
        var copy = MemoryMarshal.Read<PastExtremes>(bytes);
        for (var hour = 480_000; hour < 480_400; hour++)
        {
            past.Add(At(hour), hour % 7, hour % 50 == 0);
            copy.Add(At(hour), hour % 7, hour % 50 == 0);
        }

        Assert.That(Bytes(ref copy).SequenceEqual(Bytes(ref past)), Is.True);
        Assert.That(Bytes(ref copy).SequenceEqual(bytes), Is.False);
        Assert.That(bytes, Has.Length.EqualTo(272));
    }

    private static PastExtremes Days(int days, double until, Func<double, double> value)
    {
        var past = new PastExtremes();
        for (var at = until - (days * 24); at < until; at += 1 / 64.0)
            past.Add(At(at), value(at), isIncident: false);
        return past;
    }

    private static Span<byte> Bytes(ref PastExtremes past) => MemoryMarshal.AsBytes(MemoryMarshal.CreateSpan(ref past, 1));

    private static Timestamp At(double hours) => new((long)(hours * 3_600_000_000_000));

    // Keeps every value, and looks at all of them.
    private sealed class Reference
    {
        private readonly List<(int Tick, double Value)> _seen = [];
        private readonly List<double> _incident = [];

        public void Add(Timestamp time, double value, bool isIncident)
        {
            if (isIncident)
            {
                _incident.Add(value);
                return;
            }

            var tick = (int)(time.UnixNanoseconds / 600_000_000_000);
            _seen.AddRange(_incident.Append(value).Select(v => (tick, v)));
            _incident.Clear();
        }

        public RecordSpan? Before(double value, bool isHigh, Timestamp onset)
        {
            if (_seen.Count == 0 || _incident.Any(v => isHigh ? v > value : v < value)) return null;
            var now = _seen[^1].Tick;
            var (ofTicks, ofHours, ofQuarters, ofDays) =
                (now - 5, (now / 6 * 6) - 30, (now / 36 * 36) - 108, (now / 144 * 144) - (14 * 144));
            var ends = _seen.Where(v => isHigh ? v.Value >= value : v.Value <= value).Select(v =>
                v.Tick >= ofTicks ? v.Tick + 1
                : v.Tick >= ofHours ? Math.Min(ofTicks, (v.Tick / 6 * 6) + 6)
                : v.Tick >= ofQuarters ? Math.Min(ofHours, (v.Tick / 36 * 36) + 36)
                : v.Tick >= ofDays ? Math.Min(ofQuarters, (v.Tick / 144 * 144) + 144) : ofDays).ToList();
            var since = ends.Count > 0 ? ends.Max() : _seen[0].Tick + 1;
            var length = onset - new Timestamp(since * 600_000_000_000);
            return length >= TimeSpan.FromHours(1) ? new(length, ends.Count == 0) : null;
        }
    }
}
