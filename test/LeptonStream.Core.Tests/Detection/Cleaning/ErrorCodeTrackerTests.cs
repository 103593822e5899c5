using LeptonStream.Detection;
using LeptonStream.Detection.Cleaning;
using LeptonStream.Detection.Policies;
using LeptonStream.State;

namespace LeptonStream.Core.Tests.Detection.Cleaning;

public sealed class ErrorCodeTrackerTests
{
    [Test]
    public void Observe_CodeThatStays_IsToldOnce()
    {
        var code = new ErrorCodeTracker();
        double[] values = [0, 0, 79, 79, 79, double.NaN, 79, 94, 94, 0, 0, 79];
        CodeChange[] changes = [CodeChange.First, CodeChange.None, CodeChange.Raised, CodeChange.None, CodeChange.None, CodeChange.None,
            CodeChange.None, CodeChange.Changed, CodeChange.None, CodeChange.Cleared, CodeChange.None, CodeChange.Raised];
        Assert.That(values.Select(code.Observe), Is.EqualTo(changes));
    }

    [Test]
    public void Observe_CodeThatStoodThereBefore_IsNoNews()
    {
        var code = new ErrorCodeTracker();
        Assert.That(ErrorCodeTracker.IsUnusual(code.Observe(79), Direction.Both), Is.False);
        Assert.That(code.Code, Is.EqualTo(79));
        Assert.That(ErrorCodeTracker.IsUnusual(code.Observe(48), Direction.Both), Is.True);
    }

    [TestCase(CodeChange.Raised, Direction.Up, true)]
    [TestCase(CodeChange.Changed, Direction.Both, true)]
    [TestCase(CodeChange.Cleared, Direction.Up, false)]
    [TestCase(CodeChange.Cleared, Direction.Down, true)]
    [TestCase(CodeChange.Raised, Direction.Down, false)]
    public void IsNews_Direction_ChoosesTheChange(CodeChange change, Direction direction, bool isUnusual) =>
        Assert.That(ErrorCodeTracker.IsUnusual(change, direction), Is.EqualTo(isUnusual));

    [Test]
    public void Restore_InTheMiddle_RemembersTheCode()
    {
        var whole = new ErrorCodeTracker();
        whole.Observe(79);
        var state = new StateWriter();
        whole.Save(state);
        var copy = new ErrorCodeTracker();
        var reader = new StateReader(state.Written);
        copy.Load(ref reader);
        Assert.That(copy.Observe(79), Is.EqualTo(CodeChange.None));
    }
}
