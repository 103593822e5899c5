using System.Globalization;
using LeptonStream.Explanations;
using LeptonStream.Output;

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
            Show(now());
            await Task.WhenAny(done, Task.Delay(200));
        }

        if (done.IsCompletedSuccessfully) Show(now());
    }

    private void Show(DemoProgress progress)
    {
        if (progress.Dashboard is { } address && !_saidWhere)
        {
            _saidWhere = true;
            output.WriteLine($"dashboard: {address}");
        }

        // A look finds several things at once: they are printed in the order in which they happened in the story.
        foreach (var (_, line) in News(progress).OrderBy(news => news.At)) output.WriteLine(line);
    }

    // Of what happened at the same time, the first here comes first.
    private IEnumerable<(TimeSpan At, string Line)> News(DemoProgress progress)
    {
        var tenth = (int)(progress.Share * 10);
        if (tenth > _tenth)
        {
            _tenth = tenth;
            yield return Line(progress.Whole * tenth / 10, string.Create(CultureInfo.InvariantCulture,
                $"{10 * tenth} %, {progress.SamplesPerSecond:N0} samples/s, {EnglishCount.Of(progress.Alerts.Open.Count, "alert")} open, "
                + $"{EnglishCount.Of(progress.Notifications, "notification")}"));
        }

        foreach (var verdict in progress.Alerts.Faults)
        {
            var fault = verdict.Fault;
            if (progress.Simulated >= fault.Onset && _said.Add(fault.Name)) yield return Line(fault.Onset, $"▶ {fault.Title}");
            if (verdict is { Found: true, Delay: { } delay } && _said.Add(fault.Name + " found"))
                yield return Line(fault.Onset + delay,
                    $"✓ {fault.Name} found after {ElapsedText.Of(delay)} by {verdict.Detector} in {verdict.Series}");
            if (!verdict.Found && progress.Simulated >= fault.Settled && _said.Add(fault.Name + " missed"))
                yield return Line(fault.Settled, $"✗ {fault.Name} missed");
        }

        if (progress.Phase != _phase) yield return (progress.PhaseBegan, _phase = progress.Phase);
    }

    private static (TimeSpan At, string Line) Line(TimeSpan at, string text) => (at, $"[{Clock(at)}] {text}");

    /// <summary>The simulated clock: day and time of day.</summary>
    public static string Clock(TimeSpan simulated) =>
        string.Create(CultureInfo.InvariantCulture, $"day {simulated.Days + 1} {simulated:hh\\:mm\\:ss}");
}
