using LeptonStream.Detectors;
using LeptonStream.Samples;

namespace LeptonStream.Core.Tests.Detectors;

/// <summary>A constant is one again where it was away for less than it stood.</summary>
public sealed class ConstantReturnTests
{
    private const int Stood = 60;

    private readonly ConstantChangeDetector _detector = new();
    private byte[] _state = [];
    private long _minutes;

    [TestCase(5, ExpectedResult = true)]
    [TestCase(70, ExpectedResult = false)]
    [TestCase(6_000, ExpectedResult = false)]
    public bool Score_OfAChangeAfterAReturn_IsThatOfAConstantWhichWasNotAwayForLong(int silentMinutes)
    {
        (_state, _minutes) = (new byte[_detector.StateBytes], 0);
        for (var i = 0; i <= Stood; i++) Take(8, 1);
        Take(4, 1);
        Take(8, silentMinutes);
        Take(8, 1);
        return Enumerable.Range(0, 5).Any(_ => Take(4, 1) > 0);
    }

    private double Take(double value, int minutes)
    {
        _minutes += minutes;
        var sample = new Sample(new(_minutes * 60_000_000_000), value);
        var score = _detector.Score(sample, default, _state);
        _detector.Learn(sample, default, _state);
        return score;
    }
}
