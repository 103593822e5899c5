using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace LeptonStream.Detector;

/// <summary>
/// Points between two steps whose order is a promise. A test names one in <see cref="Variable"/>, with the number of a passing, and the
/// process kills itself there, as SIGKILL does. Where nothing is named, which is decided once, the compiler leaves nothing of a point.
/// </summary>
internal static class Failpoints
{
    /// <summary>The environment variable: <c>after-acks</c>, or <c>after-acks:3</c> for the third passing.</summary>
    public const string Variable = "LEPTON_FAILPOINT";

    private static readonly (string Name, Failpoint Point)[] Table =
    [
        ("after-gather", Failpoint.AfterGather),
        ("mid-replay", Failpoint.MidReplay),
        ("mid-judge", Failpoint.MidJudge),
        ("after-journal", Failpoint.AfterJournal),
        ("after-produce", Failpoint.AfterProduce),
        ("after-acks", Failpoint.AfterAcks),
        ("mid-snapshot", Failpoint.MidSnapshot),
        ("before-header", Failpoint.BeforeHeader),
        ("mid-restore", Failpoint.MidRestore),
        ("in-revoke", Failpoint.InRevoke),
    ];

    private static readonly Deadline? Armed = Parse(Environment.GetEnvironmentVariable(Variable), out _);

    /// <summary>Why the variable is not taken, in one sentence; null where it is.</summary>
    public static string? Refusal
    {
        get
        {
            _ = Parse(Environment.GetEnvironmentVariable(Variable), out var refusal);
            return refusal;
        }
    }

    /// <summary>The names.</summary>
    public static IEnumerable<string> Names => Table.Select(row => row.Name);

    /// <summary>The process is at a point. May be called by any thread.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Pass(Failpoint point) => Armed?.Pass(point);

    /// <summary>Reads the variable's text.</summary>
    /// <param name="text">The text; null or empty for no point.</param>
    /// <param name="refusal">What is wrong with it; null where nothing is.</param>
    public static Deadline? Parse(string? text, out string? refusal)
    {
        refusal = null;
        if (string.IsNullOrEmpty(text)) return null;
        var parts = text.Split(':');
        var row = Array.FindIndex(Table, row => row.Name == parts[0]);
        var passing = 1;
        if (row >= 0 && parts.Length <= 2
            && (parts.Length == 1 || (int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out passing) && passing > 0)))
            return new(Table[row].Point, passing);
        refusal = $"{Variable} is '{text}': it may be a point such as after-acks or after-acks:3 (its third passing); the points are "
            + string.Join(", ", Names);
        return null;
    }

    /// <summary>The point at which to die.</summary>
    internal sealed class Deadline(Failpoint at, int passing)
    {
        // Looked up before it is needed, so that little time goes by between the point and the signal.
        private readonly Process _self = Process.GetCurrentProcess();
        private int _passed;

        public Failpoint At => at;

        public int Passing => passing;

        public void Pass(Failpoint point)
        {
            if (point != at || Interlocked.Increment(ref _passed) != passing) return;
            _self.Kill();
            // No thread may go on until the signal arrives.
            Thread.Sleep(Timeout.Infinite);
        }
    }
}

/// <summary>A point of <see cref="Failpoints"/>.</summary>
internal enum Failpoint
{
    /// <summary>A batch is gathered, and nothing of it is judged; counted by round.</summary>
    AfterGather,

    /// <summary>A record that an owner before may have judged is judged again.</summary>
    MidReplay,

    /// <summary>A record is judged, and its events are not published.</summary>
    MidJudge,

    /// <summary>A decision that no record holds is acknowledged, and its events are not published.</summary>
    AfterJournal,

    /// <summary>The client has the events, and none is known to be acknowledged.</summary>
    AfterProduce,

    /// <summary>All events of the batch are acknowledged, and its offsets are not committed.</summary>
    AfterAcks,

    /// <summary>A chunk of a snapshot is about to be sent.</summary>
    MidSnapshot,

    /// <summary>All chunks of a snapshot are acknowledged, and its header is not sent.</summary>
    BeforeHeader,

    /// <summary>A chunk of a snapshot was read.</summary>
    MidRestore,

    /// <summary>Partitions are taken away, and their last offsets are not committed.</summary>
    InRevoke,
}
