using LeptonStream.Detection.Training;
using LeptonStream.Detection.Training.Statistics;

namespace LeptonStream.Core.Tests.Detection.Training.Statistics;

public sealed class StepWindowTests
{
    [Test]
    public void Rewind_ToAStep_TakesBackWhatWillBeSeenAgain()
    {
        var window = Filled(capacity: 8, steps: 20);
        window.Rewind(17, keep: 2);
        Assert.That((window.Count, window.Last, window.Median), Is.EqualTo((4, 16.0, 14.5)));
        window.Push(17, 100);
        Assert.That((window.Count, window.Last), Is.EqualTo((5, 100.0)));
    }

    [Test]
    public void Rewind_BeyondTheWindow_KeepsTheOldest()
    {
        var window = Filled(capacity: 8, steps: 20);
        window.Rewind(3, keep: 2);
        Assert.That((window.Count, window.Last), Is.EqualTo((2, 14.0)));
    }

    [Test]
    public void Rewind_ToAStepNotSeenYet_ChangesNothing()
    {
        var window = Filled(capacity: 8, steps: 20);
        window.Rewind(21, keep: 2);
        Assert.That((window.Count, window.Last), Is.EqualTo((8, 20.0)));
    }

    [Test]
    public void Rewind_Blocks_TakesBackThoseThatEndThere()
    {
        var blocks = new StepBlocks(4);
        for (var step = 1; step <= 18; step++) blocks.Push(step, step);
        blocks.Rewind(12);
        Assert.That((blocks.Count, blocks[0]), Is.EqualTo((2, 6.5)));
    }

    private static StepWindow Filled(int capacity, int steps)
    {
        var window = new StepWindow(capacity);
        for (var step = 1; step <= steps; step++) window.Push(step, step);
        return window;
    }
}
