namespace LeptonStream.Feedback;

/// <summary>A change that follows from a verdict.</summary>
/// <param name="Feedback">The verdict, or its withdrawal.</param>
/// <param name="LineBefore">The line of the series before, as a multiple of the one that the policies draw, ≥ 1.</param>
/// <param name="Line">The same from now on.</param>
public sealed record VerdictChange(FeedbackEvent Feedback, double LineBefore, double Line)
{
    /// <summary>Whether people say of an alert that it was about nothing.</summary>
    public bool Denies => Feedback is { Verdict: Verdict.False, Withdrawn: false };

    /// <summary>Whether an open alert of the series is accepted: its new level is the usual one.</summary>
    public bool Accepts => Feedback is { Verdict: Verdict.Normal, Withdrawn: false };
}
