using System.Text.Json.Serialization;

namespace LeptonStream.Cli.Status;

/// <summary>How the whole installation is at one moment: what <c>lepton status</c> shows.</summary>
/// <param name="Working">Whether nothing is wrong.</param>
/// <param name="Problems">Everything that is wrong, a sentence each.</param>
/// <param name="BlindSpots">What is not watched, or not said, though nothing is broken; a sentence each.</param>
/// <param name="Detector">The detectors together; null where Kafka does not answer.</param>
/// <param name="Journal">The notifiers and their journal; null where that can't be read.</param>
/// <param name="Dashboard">The dashboard of these settings.</param>
internal sealed record SystemStatus(
    bool Working,
    IReadOnlyList<string> Problems,
    IReadOnlyList<string> BlindSpots,
    DetectorStatus? Detector,
    JournalStatus? Journal,
    DashboardStatus Dashboard);

/// <summary>The detectors together, as they report on the status topic.</summary>
/// <param name="Loops">Loops that work on partitions.</param>
/// <param name="Partitions">Partitions of the metrics topic.</param>
/// <param name="Judged">Partitions whose records are judged now.</param>
/// <param name="Series">Series watched.</param>
/// <param name="Lag">Records not read yet.</param>
/// <param name="LargestLag">Those of the partition that has most.</param>
/// <param name="NewestRecord">The log time of the newest record; null where none was read.</param>
internal sealed record DetectorStatus(
    int Loops, int Partitions, int Judged, long Series, long Lag, long LargestLag, DateTimeOffset? NewestRecord);

/// <summary>The notifiers and their journal.</summary>
/// <param name="NotifierReportedAt">The notifier's last sign of life; null where there never was one.</param>
/// <param name="Critical">Critical alerts that are open.</param>
/// <param name="Warning">Warnings that are open.</param>
/// <param name="Info">Alerts for the record that are open.</param>
/// <param name="NewestAlert">Time of the last event of any alert; null where there was none.</param>
/// <param name="LastDelivery">The last notification that its receiver took; null where there was none.</param>
/// <param name="Waiting">Notifications that wait to be delivered.</param>
/// <param name="OldestWaiting">Time of the decision of the oldest of them; null where there is none.</param>
/// <param name="HeartbeatAt">Time at which all watchers outside took a heartbeat last; null where they never did.</param>
/// <param name="Notifiers">The notifiers that reported in the last minutes, those that report no more among them.</param>
internal sealed record JournalStatus(
    DateTimeOffset? NotifierReportedAt,
    long Critical,
    long Warning,
    long Info,
    DateTimeOffset? NewestAlert,
    Delivery? LastDelivery,
    long Waiting,
    DateTimeOffset? OldestWaiting,
    DateTimeOffset? HeartbeatAt,
    IReadOnlyList<NotifierReport> Notifiers);

/// <summary>One notifier.</summary>
/// <param name="Instance">Its host and process id.</param>
/// <param name="ReportedAt">Its last sign of life.</param>
/// <param name="Alive">Whether that is recent.</param>
internal sealed record NotifierReport(string Instance, DateTimeOffset ReportedAt, bool Alive);

/// <summary>A notification that was delivered.</summary>
/// <param name="At">The time.</param>
/// <param name="Receiver">The receiver.</param>
/// <param name="Channel">The channel in the receiver.</param>
internal sealed record Delivery(DateTimeOffset At, string Receiver, string Channel);

/// <summary>The dashboard of these settings.</summary>
/// <param name="Url">Its address.</param>
/// <param name="Ready">Whether it says that it is ready; null where nothing answers there, which may be meant.</param>
internal sealed record DashboardStatus(string Url, bool? Ready);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(SystemStatus))]
internal sealed partial class SystemStatusJson : JsonSerializerContext;
