using System.Globalization;
using LeptonStream.Explanations;

namespace LeptonStream.Cli.Status;

/// <summary>The status as one screen for people.</summary>
internal static class StatusText
{
    private const string Unknown = "not known";

    public static void Write(TextWriter output, SystemStatus status, DateTimeOffset now)
    {
        output.WriteLine(status.Working ? "working: yes" : $"working: NO, {EnglishCount.Of(status.Problems.Count, "problem")}");
        foreach (var problem in status.Problems) output.WriteLine($"  - {problem}");
        output.WriteLine();
        (string Name, string Value)[] lines =
        [
            ("detector", status.Detector is { } detector ? Text(detector, now) : Unknown),
            ("notifier", status.Journal is not { } journal ? Unknown
                : Since(journal.NotifierReportedAt, now, "last report", "never reported") + Several(journal.Notifiers, now)),
            ("dashboard", Text(status.Dashboard)),
            ("open alerts", status.Journal is not { } alerts ? Unknown : string.Create(CultureInfo.InvariantCulture,
                $"{alerts.Critical} critical, {alerts.Warning} warning, {alerts.Info} info; ")
                + Since(alerts.NewestAlert, now, "last change", "there was none yet")),
            ("delivery", status.Journal is not { } outbox ? Unknown : Text(outbox, now)),
            ("heartbeat", status.Journal is not { } watched ? Unknown : Since(watched.HeartbeatAt, now, "last taken by the watcher outside",
                "none: when all of this is dead, nobody is notified ('lepton doctor' says how)")),
        ];
        foreach (var (name, value) in lines) output.WriteLine($"{name,-12} {value}");
        output.WriteLine();
        var isKnown = status is { Detector: not null, Journal: not null };
        output.WriteLine(status.BlindSpots.Count > 0 ? "blind spots:" : !isKnown ? $"blind spots: {Unknown}"
            : status.Working ? "blind spots: none" : "blind spots: none beside the problems above");
        foreach (var spot in status.BlindSpots) output.WriteLine($"  - {spot}");
    }

    private static string Text(DetectorStatus detector, DateTimeOffset now) => string.Create(CultureInfo.InvariantCulture,
        $"{EnglishCount.Of(detector.Loops, "loop")}, {detector.Judged} of {EnglishCount.Of(detector.Partitions, "partition")} judged, "
            + $"{detector.Series} series, {EnglishCount.Of(detector.Lag, "record")} behind")
        + (detector.LargestLag > 0 && detector.Partitions > 1 ? $" ({detector.LargestLag} on one partition)" : "") + "; "
        + Since(detector.NewestRecord, now, "newest record", "no record read yet");

    private static string Text(JournalStatus journal, DateTimeOffset now)
    {
        var last = journal.LastDelivery is { } delivery
            ? $"last {Moments.Of(delivery.At, now)} to {delivery.Receiver}, {delivery.Channel}"
            : "nothing was delivered yet";
        return journal.Waiting == 0 ? last : $"{last}; {EnglishCount.Of((int)journal.Waiting, "message")} to send";
    }

    // One alone needs no name.
    private static string Several(IReadOnlyList<NotifierReport> notifiers, DateTimeOffset now) => notifiers.Count < 2 ? ""
        : string.Create(CultureInfo.InvariantCulture, $"; {notifiers.Count(one => one.Alive)} of {notifiers.Count} report: ")
            + string.Join(", ", notifiers.Select(one =>
                one.Alive ? one.Instance : $"{one.Instance} (last {Moments.Of(one.ReportedAt, now)})"));

    private static string Text(DashboardStatus dashboard) => dashboard.Ready switch
    {
        true => $"ready at {dashboard.Url}",
        false => $"not ready at {dashboard.Url}: its /-/ready says why",
        null => $"no answer at {dashboard.Url} (--api names another address)",
    };

    private static string Since(DateTimeOffset? at, DateTimeOffset now, string what, string otherwise) =>
        at is { } time ? $"{what} {Moments.Of(time, now)}" : otherwise;
}
