using System.Diagnostics;
using LeptonStream.Testing;

namespace LeptonStream.Integration.Tests.Detector;

/// <summary>
/// How long events wait while a detector is replaced, for docs/faults.md: of records that are written ten times a second to every
/// partition, the longest time until an event can be read. Nothing may be lost or published twice.
/// </summary>
[Explicit("a measurement of eng/faults.sh: minutes")]
[Parallelizable(ParallelScope.All)]
public sealed class FailOverTests
{
    private const int Partitions = 3;
    private const int TimesOfEveryDay = 2;
    private const int KillsForOneTime = 25;

    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(120);

    [Test]
    public Task Kill_OfOneWithAName_AnotherOfTheNameGoesOn() =>
        Replace("same-name", "SIGKILL, started again under its name", named: true, Kill);

    [Test]
    public Task Kill_OfOneWithoutAName_TheOthersGoOnAfterItsSession() =>
        Replace("no-name", "SIGKILL, started again without a name; session time-out 10 s", named: false, Kill);

    [Test]
    public Task Stop_OfOneAfterTheOther_TheOthersGoOnAtOnce() =>
        Replace("rolling", "SIGTERM, and the next one started when it has ended", named: false, detector => detector.Stop());

    private static Task Kill(LeptonProcess detector)
    {
        detector.Kill();
        return Task.CompletedTask;
    }

    private static async Task Replace(string file, string what, bool named, Func<LeptonProcess, Task> end)
    {
        using var rig = await FaultRig.On(await RealKafka.Shared(), Partitions);
        using var reader = new AlertReader(rig.Topics);
        LeptonProcess[] detectors = [Start(0), Start(1)];
        rig.Story.GoOn();
        await rig.Topics.AllCommitted(LongEnough);

        var times = (FaultReport.Kills ?? 0) / KillsForOneTime is var many and > 0 ? many : TimesOfEveryDay;
        var waits = new List<TimeSpan>();
        for (var time = 0; time < times; time++)
        {
            var at = time % detectors.Length;
            waits.Add(await LongestWait(rig, reader, async () =>
            {
                await end(detectors[at]);
                detectors[at] = Start(at);
                await Eventually.True(() => detectors[at].Error is var log && (log.Contains(": restored ") || log.Contains(": begins at ")),
                    "it works again", LongEnough);
            }));
        }

        foreach (var detector in detectors) Assert.That(await detector.Stop(), Is.Zero, detector.ToString());
        await rig.AssertAsWithoutFault(reader: reader);
        FaultReport.Write($"wait-{file}", $"| {what} | {times} | {FaultReport.Percentiles(waits)} |");

        LeptonProcess Start(int at) => rig.Start(named ? $"detector-{at}" : null, null, "Kafka:SessionTimeoutMs=10000");
    }

    private static async Task<TimeSpan> LongestWait(FaultRig rig, AlertReader reader, Func<Task> fault)
    {
        var beats = new List<(long At, IReadOnlyList<string> Models)>();
        var done = fault();
        for (var isLast = false; !isLast;)
        {
            isLast = done.IsCompleted;
            beats.Add((Stopwatch.GetTimestamp(), rig.Story.GoOn(steps: 1, incidents: 1)));
            await Task.Delay(Beat);
        }

        await done;
        await Eventually.True(() => beats.TrueForAll(beat => beat.Models.All(model => reader.SeenAt(model) is not null)), "all events",
            LongEnough);
        return beats.Max(beat => Stopwatch.GetElapsedTime(beat.At, beat.Models.Max(model => reader.SeenAt(model)!.Value)));
    }
}
