using System.Globalization;
using LeptonStream.Alerts;
using LeptonStream.Explanations;
using LeptonStream.Output;
using LeptonStream.Simulator;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace LeptonStream.Cli.Demo;

/// <summary>
/// The terminal view: clock and throughput, the faults and whether they were found, the alerts that are open. A terminal of 80 columns and
/// 24 lines has room for the first table alone.
/// </summary>
internal sealed class LiveScreen(IAnsiConsole console) : IDemoScreen
{
    private const int OpenShown = 8;
    private const int BarWidth = 40;
    private const int WideEnough = 130;

    public Task Show(Func<DemoProgress> now, Task done) =>
        console.Live(View(now())).AutoClear(true).StartAsync(async live =>
        {
            while (!done.IsCompleted)
            {
                live.UpdateTarget(View(now()));
                await Task.WhenAny(done, Task.Delay(150));
            }
        });

    private Rows View(DemoProgress progress) => new(
        new Markup($"[bold]LeptonStream demo[/]  {Markup.Escape(progress.Phase)}") { Overflow = Overflow.Ellipsis },
        new Markup($"{Bar(progress.Share)}  {PlainScreen.Clock(progress.Simulated)} of {ElapsedText.Of(progress.Whole)}"),
        new Markup(string.Create(
            CultureInfo.InvariantCulture,
            $"[bold]{progress.SamplesPerSecond:N0}[/] samples/s   [bold]{EnglishCount.Of(progress.Alerts.Open.Count, "alert")}[/] open   "
                + $"[bold]{EnglishCount.Of(progress.Notifications, "notification")}[/]   "
                + $"[bold]{progress.Alerts.FalseAlerts.Count}[/] false")),
        new Markup(progress.Dashboard is { } address ? $"dashboard: [link]{address}[/]" : " "),
        new Markup(Now(progress)) { Overflow = Overflow.Ellipsis },
        console.Profile.Width >= WideEnough ? new Columns(Faults(progress), Open(progress)) { Expand = false } : Faults(progress));

    // A short fault stays to be read until the next one begins.
    private static string Now(DemoProgress progress) => progress.Latest switch
    {
        null => "[grey]now: nothing is wrong[/]",
        { } latest when progress.Simulated < latest.Fault.End || latest.Fault.End >= progress.Whole =>
            $"[yellow]now: {Markup.Escape(latest.Fault.Title)}[/]",
        { } latest => $"[grey]over: {Markup.Escape(latest.Fault.Title)}[/]",
    };

    private static string Bar(double share)
    {
        var full = (int)Math.Round(Math.Clamp(share, 0, 1) * BarWidth);
        return $"[green]{new string('━', full)}[/][grey]{new string('━', BarWidth - full)}[/]";
    }

    private static Table Faults(DemoProgress progress)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("", "fault", "delay", "detector");
        foreach (var verdict in progress.Alerts.Faults) table.AddRow(Row(verdict, progress.Simulated));
        return table;
    }

    private static IRenderable[] Row(Verdict verdict, TimeSpan simulated)
    {
        var mark = verdict.Found
            ? "[green]✓[/]" : simulated >= verdict.Fault.End ? "[red]✗[/]" : simulated >= verdict.Fault.Onset
            ? "[yellow]▶[/]"
            : "[grey]·[/]";
        return [new Markup(mark), new Text(verdict.Fault.Name), new Text(verdict.Delay is { } delay ? ElapsedText.Of(delay) : ""),
            new Text(verdict.Detector ?? "")];
    }

    private static Table Open(DemoProgress progress)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("open", "score", "series");
        foreach (var alert in progress.Alerts.Open.OrderByDescending(a => a.Severity).ThenByDescending(a => a.Score).Take(OpenShown))
        {
            table.AddRow(
                new Text(AlertEventJson.NameOf(alert.Severity),
                    alert.Severity == AlertSeverity.Critical ? new Style(Color.Red) : new Style(Color.Yellow)),
                new Text(alert.Score.ToString("F1", CultureInfo.InvariantCulture)),
                new Text($"{alert.Model} {alert.Metric}"));
        }

        return table;
    }
}
