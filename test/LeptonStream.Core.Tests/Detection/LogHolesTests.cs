using LeptonStream.Detection;
using LeptonStream.Samples;
using LeptonStream.State;

namespace LeptonStream.Core.Tests.Detection;

/// <summary>A stretch without records is a hole where records usually come closer together, and none where they never do.</summary>
public sealed class LogHolesTests
{
    [TestCase("10 10 10 10 10", "")]
    [TestCase("60 60 60 60 60 60", "0 1")]
    [TestCase("3600 3600 3600 3600", "0 1")]
    [TestCase("10 10 300 10 10 10", "2")]
    [TestCase("60 60 60 600 60 60", "0 1 3")]
    [TestCase("2 2 300 2 2 300 2 2 300 2 2 300", "2 5")]
    [TestCase("60 60 60 60 45 75 60", "0 1")]
    [TestCase("10 300 10 100000 10 300 10", "1 3 5")]
    public void IsOne_OfSuchGaps_IsTrueOfTheUnusual(string gaps, string holes)
    {
        var found = Ask(new(), gaps, new(0), out _);
        Assert.That(string.Join(' ', found), Is.EqualTo(holes));
    }

    [Test]
    public void Load_BetweenTwoGaps_GoesOnAlike()
    {
        var before = new LogHoles();
        Ask(before, "60 60 600", new(0), out var time);
        var state = new StateWriter();
        before.Save(state);
        var reader = new StateReader(state.Written);
        var after = new LogHoles();
        after.Load(ref reader);
        Assert.That(Ask(after, "60 600 600 60", time, out _), Is.EqualTo(Ask(before, "60 600 600 60", time, out _)));
    }

    private static List<int> Ask(LogHoles holes, string gaps, Timestamp time, out Timestamp end)
    {
        var found = new List<int>();
        foreach (var (i, gap) in gaps.Split(' ').Select(int.Parse).Index())
        {
            var next = time + TimeSpan.FromSeconds(gap);
            if (holes.IsOne(time, next)) found.Add(i);
            time = next;
        }

        end = time;
        return found;
    }
}
