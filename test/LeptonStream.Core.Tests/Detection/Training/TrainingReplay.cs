using System.Globalization;
using LeptonStream.Detection.Training;
using LeptonStream.Samples;

namespace LeptonStream.Core.Tests.Detection.Training;

/// <summary>
/// A run from a CSV file (<c>ts_ms,step,</c> and a column for each metric) through a monitor, with a tick a second in between.
/// </summary>
internal static class TrainingReplay
{
    public static List<TrainingFinding> Of(string path, TimeSpan? silence = null)
    {
        var monitor = new TrainingMonitor(TrainingPolicy.Default);
        var row = new TrainingRow();
        var findings = new List<TrainingFinding>();
        var lines = File.ReadAllLines(path);
        TrainingRole[] roles = [.. lines[0].Split(',').Select(TrainingRoles.Of)];
        var last = Timestamp.Zero;
        foreach (var line in lines[1..])
        {
            var fields = line.Split(',');
            var time = Timestamp.FromUnixMilliseconds(long.Parse(fields[0], CultureInfo.InvariantCulture));
            if (last != Timestamp.Zero) Tick(time);
            row.Begin(time, long.Parse(fields[1], CultureInfo.InvariantCulture), time);
            for (var i = 2; i < fields.Length; i++)
                if (fields[i].Length > 0) row.Set(roles[i], double.Parse(fields[i], CultureInfo.InvariantCulture));
            findings.AddRange(monitor.Observe(row));
            last = time;
        }

        Tick(last + (silence ?? TimeSpan.Zero));
        return findings;

        void Tick(Timestamp until)
        {
            for (var now = last + TimeSpan.FromSeconds(1); now < until; now += TimeSpan.FromSeconds(1))
                findings.AddRange(monitor.OnTick(now));
        }
    }
}
