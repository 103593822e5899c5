using LeptonStream.Detectors.Forest;

namespace LeptonStream.Core.Tests.Detectors.Forest;

public sealed class PathLengthTests
{
    [TestCase(1, 0)]
    [TestCase(2, 1)]
    [TestCase(3, 1.207392)]
    [TestCase(64, 7.471951)]
    [TestCase(256, 10.244771)]
    public void Average_OfTheRowsOfANode_IsThatOfABinarySearchTree(int rows, double expected) =>
        Assert.That(PathLength.Average(rows), Is.EqualTo(expected).Within(1e-6));

    [TestCase(1, 0)]
    [TestCase(2, 1)]
    [TestCase(3, 2)]
    [TestCase(255, 8)]
    [TestCase(256, 8)]
    [TestCase(257, 9)]
    public void HeightLimit_OfASample_IsItsLogarithmRoundedUp(int rows, int expected) =>
        Assert.That(PathLength.HeightLimit(rows), Is.EqualTo(expected));

    [Test]
    public void Of_AnyNode_IsWithinHalfAStepOfTheExactPath()
    {
        for (var rows = 1; rows <= PathLength.MaxRows; rows++)
            Assert.That(PathLength.Of(3, rows) / (double)PathLength.Edge,
                Is.EqualTo(3 + PathLength.Average(rows)).Within(0.5 / PathLength.Edge + 1e-12));
    }

    [Test]
    public void RowsOf_APath_AreThoseOfTheNode()
    {
        for (var rows = 1; rows <= PathLength.MaxRows; rows++)
            Assert.That(PathLength.RowsOf(5, PathLength.Of(5, rows)), Is.EqualTo(rows));
        Assert.That(PathLength.RowsOf(0, 1), Is.Zero);
        Assert.That(PathLength.RowsOf(2, PathLength.Edge), Is.Zero);
    }
}
