using LeptonStream.Simulator;

namespace LeptonStream.Cli.Demo;

/// <summary>The progress of the demo.</summary>
/// <param name="Phase">Name of the phase, for people.</param>
/// <param name="PhaseBegan">Simulated time at which the phase began.</param>
/// <param name="Simulated">Simulated time so far.</param>
/// <param name="Whole">Simulated time of the whole story.</param>
/// <param name="Samples">Samples sent.</param>
/// <param name="SamplesPerSecond">Samples judged a second since the first was sent.</param>
/// <param name="Notifications">Notifications that arrived.</param>
/// <param name="Alerts">Alerts read from the alerts topic so far.</param>
/// <param name="Dashboard">The dashboard's address, or null.</param>
internal sealed record DemoProgress(
    string Phase, TimeSpan PhaseBegan, TimeSpan Simulated, TimeSpan Whole, long Samples, double SamplesPerSecond, int Notifications,
    AlertView Alerts,
    Uri? Dashboard)
{
    public double Share => Whole > TimeSpan.Zero ? Simulated / Whole : 0;

    /// <summary>The fault that began last, whether or not it still goes on, and whether it was seen yet; null before the first.</summary>
    public Verdict? Latest => Alerts.Faults.LastOrDefault(f => Simulated >= f.Fault.Onset);
}
