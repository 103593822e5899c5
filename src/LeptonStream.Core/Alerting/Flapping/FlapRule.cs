namespace LeptonStream.Alerting.Flapping;

/// <summary>
/// When an alert flaps: it opens again and again. It is notified once as flapping, and then kept quiet until it is steady.
/// </summary>
/// <param name="Openings">Number of openings within the window above which it flaps; 0 is never.</param>
/// <param name="Window">The window.</param>
/// <param name="Steady">Time without an opening or an end after which it is steady.</param>
public sealed record FlapRule(int Openings, TimeSpan Window, TimeSpan Steady)
{
    /// <summary>No alert ever flaps.</summary>
    public static readonly FlapRule Off = new(0, TimeSpan.Zero, TimeSpan.Zero);

    /// <summary>Whether any alert may flap.</summary>
    public bool IsOn => Openings > 0;
}
