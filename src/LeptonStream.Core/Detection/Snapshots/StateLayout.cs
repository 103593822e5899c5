using System.Collections.Concurrent;
using System.Globalization;
using System.IO.Hashing;
using System.Reflection;
using System.Text;
using LeptonStream.Detection.Entities;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Peers;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Store;
using LeptonStream.Detectors;
using LeptonStream.State;

namespace LeptonStream.Detection.Snapshots;

/// <summary>
/// The meaning of a snapshot's bytes: the program's version of states, the lengths of windows and charts, the detectors, and the fields of
/// every struct whose bytes are written as they are. A snapshot carries the description; its fingerprint says at a glance whether it is
/// that of this program. One of another layout is read by the names of its fields where that is possible.
/// </summary>
public static class StateLayout
{
    /// <summary>
    /// The version of what no description shows. It is raised where something that is written field by field is added, taken out or
    /// moved; where a field, a value of an enum or the code of a chart's segments means something else under its old name; where the parts
    /// of a series' memory lie in another order; or where a kind of blocks, detectors, distributions or memory plans is added. A field of
    /// a struct of <see cref="Structs"/>, a detector, or a value of another enum, that is added or taken out needs none.
    /// </summary>
    public const int Version = 9;

    /// <summary>
    /// The oldest version that can be read: all that the number was raised for since then asks
    /// <see cref="LayoutMigration.Version"/> as it loads.
    /// </summary>
    public const int OldestVersion = 3;

    /// <summary>The version that began to write the pages of models.</summary>
    internal const int PagesSince = 4;

    /// <summary>The version that began to write distributions.</summary>
    internal const int DriftSince = 5;

    /// <summary>The version that began to write the lines of policies.</summary>
    internal const int LinesSince = 5;

    /// <summary>The version that began to write bursts, and whence the types of policies come.</summary>
    internal const int HabitsSince = 6;

    /// <summary>The version that began to write denominators of policies and series.</summary>
    internal const int WeightsSince = 7;

    /// <summary>The version that began to write the warnings of models.</summary>
    internal const int WarningsSince = 7;

    /// <summary>The version that began to write versions of models.</summary>
    internal const int VersionsSince = 8;

    /// <summary>The version that began to write how far apart records come.</summary>
    internal const int HolesSince = 8;

    /// <summary>The version that began to write the faults of alerts that ended.</summary>
    internal const int FaultsSince = 9;

    /// <summary>The version that began to write what is known of a clock that ran ahead.</summary>
    internal const int ClocksSince = 9;

    /// <summary>Characters of a description, at most.</summary>
    public const int MaxTextLength = LayoutText.MaxLength;

    // Names that the migration asks for by themselves.
    internal const string Series = "series";
    internal const string Window = "window";
    internal const string Calibrator = "calibrator";
    internal const string Past = "past";
    internal const string SlowStep = "slow-step";
    internal const string ChartPoint = "chart-point";

    // Layouts of programs that did not write their descriptions, under the usual lengths.
    private static readonly (UInt128 Fingerprint, string Resource) VersionBefore =
        (UInt128.Parse("307627988160094371992018093920633982360", CultureInfo.InvariantCulture), "layout-3.txt");

    private static readonly ConcurrentDictionary<LayoutLengths, Described> Known = [];

    /// <summary>
    /// The structs that are written as they are, beside the states of detectors, by the names that they have in descriptions whatever the
    /// program calls them.
    /// </summary>
    internal static IReadOnlyList<(string Name, Type Type)> Structs { get; } =
    [
        (Series, typeof(SeriesNumbers)), (Window, typeof(LeptonStream.Series.RollingWindow.Head)),
        (Calibrator, typeof(Calibration.TailCalibrator)), (Past, typeof(LeptonStream.Series.PastExtremes)), (SlowStep, typeof(SlowStep)),
        (ChartPoint, typeof(ChartPoint)), ("onset", typeof(ChangeOnset.Candidate)), ("non-finite", typeof(Cleaning.NonFiniteHabit)),
        ("lost-readings", typeof(Cleaning.LostReadings)), ("entity", typeof(EntityNumbers)), ("peer", typeof(PeerMember.Numbers)),
        ("peers", typeof(PeerGroup.Numbers)), ("peers-score", typeof(PeerScorer.Numbers)), ("baseline", typeof(FrozenBaseline.Numbers)),
        ("fault", typeof(KnownFault.Numbers)),
    ];

    /// <summary>The fingerprint under a policy.</summary>
    public static UInt128 FingerprintOf(DetectionPolicy policy) => Describe(policy).Fingerprint;

    /// <summary>The description under a policy: some hundred lines.</summary>
    public static string TextOf(DetectionPolicy policy) => Describe(policy).Text;

    /// <summary>Finds the way from the layout of a snapshot to that of this program.</summary>
    /// <param name="fingerprint">The fingerprint of the snapshot's layout.</param>
    /// <param name="text">Its description; null where its writer wrote none.</param>
    /// <param name="policy">Settings of this program.</param>
    /// <exception cref="SnapshotCorruptException">There is no way, for the reason of its message.</exception>
    public static WrittenLayout Resolve(UInt128 fingerprint, string? text, DetectionPolicy policy)
    {
        var own = Describe(policy);
        if (fingerprint == own.Fingerprint) return new(fingerprint, null);
        if (text is null)
            text = fingerprint == VersionBefore.Fingerprint ? Resource(VersionBefore.Resource)
                : throw new SnapshotCorruptException("it has the layout of another version, without a description");
        else if (Hash(text) != fingerprint)
            throw new SnapshotCorruptException("it has the layout of another version, whose description is not the one that was written");
        if (text == own.Text) return new(fingerprint, null);
        try
        {
            return new(fingerprint, new LayoutMigration(LayoutText.Read(text), own.Layout));
        }
        catch (SnapshotCorruptException noWay)
        {
            throw new SnapshotCorruptException($"it has the layout of another version: {noWay.Message}");
        }
    }

    /// <summary>The layout of this program under a policy.</summary>
    internal static LayoutDescription Of(DetectionPolicy policy) => Describe(policy).Layout;

    private static Described Describe(DetectionPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return Known.GetOrAdd(LayoutLengths.Of(policy), static lengths =>
        {
            var layout = new LayoutDescription
            {
                Version = Version,
                Lengths = lengths,
                Detectors = DetectorSet.AllNames,
                Rules = [.. DetectorSet.Openers.Skip(DetectorSet.AllNames.Length)],
                Lean = DetectorCatalog.Lean,
                States = [.. DetectorCatalog.All.Select(one => new DetectorShape(one.Name, one.Kind, StructShape.Of(StateOf(one))))],
                Structs = Structs.ToDictionary(one => one.Name, one => StructShape.Of(one.Type)),
            };
            var text = LayoutText.Write(layout);
            return new(layout, text, Hash(text));
        });
    }

    private static Type StateOf(SeriesDetector detector)
    {
        var type = detector.GetType().BaseType!;
        while (!type.IsGenericType || type.GetGenericTypeDefinition() != typeof(SeriesDetector<>)) type = type.BaseType!;
        return type.GetGenericArguments()[0];
    }

    private static UInt128 Hash(string text) => XxHash128.HashToUInt128(Encoding.UTF8.GetBytes(text));

    private static string Resource(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private sealed record Described(LayoutDescription Layout, string Text, UInt128 Fingerprint);
}

/// <summary>The layout of a snapshot that this program can read.</summary>
public sealed class WrittenLayout
{
    internal WrittenLayout(UInt128 fingerprint, LayoutMigration? migration) => (Fingerprint, Migration) = (fingerprint, migration);

    /// <summary>Its fingerprint.</summary>
    public UInt128 Fingerprint { get; }

    /// <summary>The fields and detectors that are new in this program, and those that are gone; null where it is its own layout.</summary>
    public string? Changes => Migration?.Changes;

    /// <summary>The way to this program's own; null where it is that.</summary>
    internal LayoutMigration? Migration { get; }
}
