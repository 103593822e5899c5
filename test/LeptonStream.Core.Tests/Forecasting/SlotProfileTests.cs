using System.Runtime.InteropServices;
using LeptonStream.Core.Tests.Detection.Snapshots.Layouts;
using LeptonStream.Forecasting;
using LeptonStream.Samples;
using LeptonStream.State;

namespace LeptonStream.Core.Tests.Forecasting;

/// <summary>A profile of two bytes a slot is that of four bytes, but for a ten-thousandth of its largest value.</summary>
public sealed class SlotProfileTests
{
    private const int Days = 20;

    [Test]
    public void ValueAt_AfterAnySamples_IsThatOfWholeNumbers([Range(0, 7)] int seed)
    {
        var random = new Random(seed);
        var (profile, whole) = (default(SlotProfile<DailySlots>), new double[DailySlots.Count]);
        var size = Math.Pow(10, random.Next(-9, 30));
        var largest = 0.0;
        for (var second = 0L; second < Days * 86_400; second += random.Next(1, 4000))
        {
            // Now and then it is set back, as a holiday's profile is that of a Sunday.
            var time = At(random.Next(50) == 0 ? second / 3 : second);
            var amount = size * (random.NextDouble() - 0.5) * (random.Next(30) == 0 ? 20 : 1);
            profile.Add(time, amount);
            whole[time.Slot] += (1 - time.Share) * amount;
            whole[time.Next] += time.Share * amount;
            largest = Math.Max(largest, whole.Max(Math.Abs));
            var seen = At(random.Next(86_400));
            Assert.That(profile.ValueAt(seen), Is.EqualTo(((1 - seen.Share) * whole[seen.Slot]) + (seen.Share * whole[seen.Next]))
                .Within(largest * Days / 10_000));
        }
    }

    [Test]
    public void Add_OfAmountsFarBelowAStep_AddUp()
    {
        var profile = default(SlotProfile<DailySlots>);
        profile.Add(At(0), 1000);
        profile.Add(At(40_000), 1);
        for (var i = 0; i < 100_000; i++) profile.Add(At(20_700), 1e-4);
        profile.Add(At(50_000), 1);
        Assert.That(profile.ValueAt(At(20_700)), Is.EqualTo(5).Within(0.1), "half of it at each end");
    }

    [TestCase(double.MaxValue)]
    [TestCase(double.NaN)]
    [TestCase(1e-44)]
    public void Add_OfAmountsThatCannotBe_LeavesNumbers(double amount)
    {
        var profile = default(SlotProfile<DailySlots>);
        foreach (var (second, one) in (ReadOnlySpan<(long, double)>)[(0, amount), (20_000, 1), (40_000, 1)]) profile.Add(At(second), one);
        Assert.That(profile.ValueAt(At(0)), Is.Not.NaN);
        Assert.That(profile.ValueAt(At(20_000)), Is.Not.NaN);
    }

    [Test]
    public void Move_FromNumbersOf32Bits_KeepsTheProfile([Values("series", "baseline")] string name)
    {
        var (then, now) = (OlderLayout.WithProfilesOfFloats().Struct(name), OlderLayout.Present.Struct(name));
        var move = new StructMove(name, then, now);
        Assert.That((move.Added, move.Dropped), Is.EqualTo((new List<string>(), new List<string>())));
        var (before, after) = (new byte[then.Bytes], new byte[now.Bytes]);
        foreach (var field in then.Fields.Where(field => field.Type.StartsWith("Single[", StringComparison.Ordinal)))
        {
            var slots = MemoryMarshal.Cast<byte, float>(before.AsSpan(field.Offset, field.Bytes));
            for (var i = 0; i < slots.Length; i++) slots[i] = (1000 * i) - 7;
        }

        move.Move(before, after);
        var at = now.Fields.Single(field => field.Path == "Forecaster._days").Offset;
        var days = MemoryMarshal.Read<SlotProfile<DailySlots>>(after.AsSpan(at));
        Assert.That(days.ValueAt(At(31 * (long)DailySlots.Seconds)), Is.EqualTo(30_993).Within(2));
    }

    private static Phase At(long second) => Phase.Of(Timestamp.FromUnixSeconds(second), DailySlots.Seconds, DailySlots.Count, 0);
}
