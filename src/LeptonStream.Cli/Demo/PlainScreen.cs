using System.Globalization;
using LeptonStream.Cli.Terminal;

namespace LeptonStream.Cli.Demo;

/// <summary>
/// Lines for pipes and logs: one where a tenth of the story is over, where the phase changes, and where a fault begins, is found or was
/// missed.
/// </summary>
internal sealed class PlainScreen(TextWriter output) : IDemoScreen
{
    private readonly HashSet<string> _said = [];
    private string _phase = "";
    private bool _saidWhere;
    private int _tenth;

    public async Task Show(Func<DemoProgress> now, Task done)
    {
        while (!done.IsCompleted)
        {
            Say(now());
            await Task.WhenAny(done, Task.Delay(200));
        }

        if (done.IsCompletedSuccessfully) Say(now());
    }

    private void Say(DemoProgress progress)
    {
        if (progress.Dashboard is { } address && !_saidWhere)
        {
            _saidWhere = true;
            output.WriteLine($"dashboard: {address}");
        }

        if (progress.Phase != _phase) output.WriteLine(_phase = progress.Phase);
        var tenth = (int)(progress.Share * 10);
        if (tenth > _tenth)
        {
            _tenth = tenth;
            Line(progress, string.Create(CultureInfo.InvariantCulture,
                $"{10 * tenth} %, {progress.SamplesPerSecond:N0} samples/s, {progress.Alerts.Open.Count} alerts open, "
                + $"{progress.Notifications} notifications"));
        }

        foreach (var verdict in progress.Alerts.Faults)
        {
            var fault = verdict.Fault;
            if (progress.Simulated >= fault.Onset && _said.Add(fault.Name)) Line(progress, $"▶ {fault.Title}");
            if (verdict.Found && _said.Add(fault.Name + " found"))
                Line(progress,
                    $"✓ {fault.Name} found after {DurationText.Write(verdict.Delay!.Value)} by {verdict.Detector} in {verdict.Series}");
            if (!verdict.Found && progress.Simulated >= fault.Settled && _said.Add(fault.Name + " missed"))
                Line(progress, $"✗ {fault.Name} missed");
        }
    }

    private void Line(DemoProgress progress, string text) =>
        output.WriteLine($"[{Clock(progress.Simulated)}] {text}");

    /// <summary>The simulated clock: day and time of day.</summary>
    public static string Clock(TimeSpan simulated) =>
        string.Create(CultureInfo.InvariantCulture, $"day {simulated.Days + 1} {simulated:hh\\:mm\\:ss}");
}
