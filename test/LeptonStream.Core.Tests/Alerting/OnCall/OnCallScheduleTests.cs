using System.Globalization;
using LeptonStream.Alerting.Muting;
using LeptonStream.Alerting.OnCall;
using LeptonStream.Samples;

namespace LeptonStream.Core.Tests.Alerting.OnCall;

/// <summary>Who is on call: turns, hand-overs through changes of the clock, overrides, calendars.</summary>
public sealed class OnCallScheduleTests
{
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    [TestCase("2026-10-05T06:59Z", null, "before the first turn")]
    [TestCase("2026-10-05T07:00Z", "rosa", "09:00 in summer time")]
    [TestCase("2026-10-12T06:59Z", "rosa", "the last minute of her week")]
    [TestCase("2026-10-12T07:00Z", "li", "hand-over")]
    [TestCase("2026-10-26T07:59Z", "rosa", "the clock went back the day before: 08:59")]
    [TestCase("2026-10-26T08:00Z", "li", "09:00 in winter time")]
    [TestCase("2031-01-06T08:00Z", "rosa", "years later")]
    public void At_WeeklyTurns_HandOverByTheClockOnTheWall(string time, string? person, string why) =>
        Assert.That(Weekly().At(At(time))?.Participant, Is.EqualTo(person), why);

    [Test]
    public void At_EveryInstantOfAYear_BelongsToOneTurnAndTurnsFollowEachOther([Values("00:30", "02:30", "09:00", "23:59")] string handOver,
        [Values(1, 7)] int days)
    {
        var schedule = Weekly(handOver, days);
        var turns = new List<OnCallShift>();
        for (var time = At("2026-10-06T00:00Z"); time < At("2027-10-06T00:00Z"); time += TimeSpan.FromMinutes(10))
        {
            var shift = schedule.At(time)!;
            Assert.That(shift.From <= time && time < shift.Until, $"{time} is in its shift");
            if (turns.Count == 0 || turns[^1] != shift) turns.Add(shift);
        }

        Assert.That(turns, Is.Unique, "nobody comes back within a turn, also where the clock goes back over a hand-over");
        Assert.That(turns.Zip(turns.Skip(1)).All(pair => pair.First.Until == pair.Second.From));
        Assert.That(turns.Zip(turns.Skip(1)).All(pair => pair.First.Participant != pair.Second.Participant));
        Assert.That(turns, Has.Count.EqualTo(365 / days + 1).Within(1));
    }

    [TestCase("2027-03-28T00:59Z", "rosa")]
    [TestCase("2027-03-28T01:29Z", "rosa")]
    [TestCase("2027-03-28T01:30Z", "li")]
    public void At_HandOverThatSummerTimeLeavesOut_IsAsMuchLater(string time, string person) =>
        Assert.That((Weekly("02:30", 1) with { Rotations = [Daily("02:30", "2027-03-27")] }).At(At(time))!.Participant,
            Is.EqualTo(person));

    [TestCase("2026-10-25T00:29Z", "rosa")]
    [TestCase("2026-10-25T00:30Z", "li")]
    [TestCase("2026-10-25T01:15Z", "li")]
    public void At_HandOverThatComesTwice_IsTheFirst(string time, string person) =>
        Assert.That((Weekly() with { Rotations = [Daily("02:30", "2026-10-24")] }).At(At(time))!.Participant, Is.EqualTo(person));

    [Test]
    public void At_Override_CountsBeforeTheTurn_TheLastOneFirst()
    {
        var schedule = Weekly() with
        {
            Overrides =
            [
                new("ada", At("2026-10-06T00:00Z"), At("2026-10-08T00:00Z")), new("bo", At("2026-10-07T00:00Z"), At("2026-10-07T06:00Z")),
            ],
        };

        Assert.That(schedule.At(At("2026-10-05T12:00Z")),
            Is.EqualTo(new OnCallShift("rosa", At("2026-10-05T07:00Z"), At("2026-10-06T00:00Z"))));
        Assert.That(schedule.At(At("2026-10-06T12:00Z"))!.Participant, Is.EqualTo("ada"));
        Assert.That(schedule.At(At("2026-10-07T01:00Z"))!.Participant, Is.EqualTo("bo"));
        Assert.That(schedule.At(At("2026-10-08T00:00Z"))!.Participant, Is.EqualTo("rosa"));
        Assert.That(schedule.Participants, Is.EqualTo(new[] { "ada", "bo", "rosa", "li" }));
    }

    [Test]
    public void At_RotationsWithTimes_TheFirstThatCountsIsAsked()
    {
        var days = new TimeInterval("days", [new() { Minutes = [new(540, 1020)], Location = Berlin }]);
        var schedule = Weekly() with
        {
            Rotations =
            [
                Daily("09:00", "2026-10-05") with { Participants = ["day"], ActiveIntervals = [days] },
                Daily("09:00", "2026-10-05") with { Participants = ["night"] },
            ],
        };

        Assert.That(schedule.At(At("2026-10-06T08:00Z"))!.Participant, Is.EqualTo("day"));
        Assert.That(schedule.At(At("2026-10-06T15:00Z"))!.Participant, Is.EqualTo("night"));
    }

    private static OnCallSchedule Weekly(string handOver = "09:00", int days = 7) => new()
    {
        Name = "gpu",
        TimeZone = Berlin,
        Rotations = [Daily(handOver, "2026-10-05") with { Days = days }],
    };

    private static Rotation Daily(string handOver, string start) => new()
    {
        Participants = ["rosa", "li"],
        StartsOn = DateOnly.ParseExact(start, "yyyy-MM-dd", CultureInfo.InvariantCulture),
        HandOver = TimeOnly.ParseExact(handOver, "HH:mm", CultureInfo.InvariantCulture),
        Days = 1,
    };

    private static Timestamp At(string time) =>
        Timestamp.FromDateTimeOffset(DateTimeOffset.Parse(time, CultureInfo.InvariantCulture));
}
