using System.Globalization;
using LeptonStream.Detection.Training;

namespace LeptonStream.Backtest.Training;

/// <summary>Writes the alarms of a run, for other scoring programs: <c>ts_ms,step,kind,metric,severity,score</c>.</summary>
internal static class AlarmsFile
{
    public static void Write(TrainingRunScore run, string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var text = new StreamWriter(path);
        text.Write("ts_ms,step,kind,metric,severity,score\n");
        foreach (var alarm in run.Alarms)
        {
            text.Write(string.Create(
                CultureInfo.InvariantCulture,
                $"{alarm.Time.UnixMilliseconds},{alarm.Step},{alarm.Kind},{alarm.Metric},"
                + $"{Alerts.AlertEventJson.NameOf(alarm.Severity)},{alarm.Score:G6}\n"));
        }
    }
}
