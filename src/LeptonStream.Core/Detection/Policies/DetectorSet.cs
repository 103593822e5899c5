using System.Collections.Immutable;
using System.Text.Json.Serialization;
using LeptonStream.Detectors;

namespace LeptonStream.Detection.Policies;

/// <summary>
/// The detectors that may judge a series: those of the catalogue, and the rules and detectors beside it. A set of bits, read on the hot
/// path.
/// </summary>
public readonly record struct DetectorSet
{
    private readonly ulong _bits;

    private DetectorSet(ulong bits) => _bits = bits;

    /// <summary>The name of the rule for values that are no finite number.</summary>
    public const string NonFinite = "non-finite";

    /// <summary>The name of the detector that adds up the surprise of all metrics of an entity.</summary>
    public const string JointSurprise = "joint-surprise";

    /// <summary>The name of the detector that knows the ordinary rows of an entity.</summary>
    public const string IsolationForest = "isolation-forest";

    /// <summary>The name of training mode: metrics of a run that it knows are judged by step, not by time.</summary>
    public const string Training = "training";

    /// <summary>The name of the detector that compares a series with its siblings.</summary>
    public const string Peers = "peers";

    /// <summary>The name of the rule for engines that have work and make no progress.</summary>
    public const string NoProgress = "no-progress";

    // Beside the catalogue. The order is that of the numbers in saved states.
    private static readonly string[] Beside = [NonFinite, JointSurprise, IsolationForest, Training, Peers, NoProgress];

    /// <summary>
    /// Every detector's name: those of the catalogue in the order of <see cref="DetectorCatalog"/>, then <c>non-finite</c>, those of
    /// entities, <c>training</c>, <c>peers</c> and <c>no-progress</c>. A detector's place here is its number.
    /// </summary>
    public static ImmutableArray<string> AllNames { get; } = [.. DetectorCatalog.All.Select(detector => detector.Name), .. Beside];

    /// <summary>
    /// What can open an alert of a series, by the numbers in saved states: the detectors, and behind them rules that no policy sets.
    /// </summary>
    internal static ImmutableArray<string> Openers { get; } =
        [.. AllNames, Cleaning.ErrorCodeTracker.RuleName, Cleaning.LostReadings.RuleName, Habits.BurstBook.RuleName];

    // Those whose score is a rarity: the line of a series decides whether they open an alert.
    private static readonly string[] WithLine =
        [.. DetectorCatalog.All.Select(detector => detector.Name), JointSurprise, IsolationForest, Peers];

    /// <summary>Whether a detector opens alerts by the line of the series. A rule does not: it finds something or it does not.</summary>
    /// <param name="name">The detector's or the rule's name.</param>
    public static bool HasLine(string name) => WithLine.Contains(name);

    // Below Openers, which have to be there first.
    private static readonly int NonFiniteNumber = NumberOf(NonFinite);
    private static readonly int JointSurpriseNumber = NumberOf(JointSurprise);
    private static readonly int IsolationForestNumber = NumberOf(IsolationForest);
    private static readonly int TrainingNumber = NumberOf(Training);
    private static readonly int PeersNumber = NumberOf(Peers);
    private static readonly int NoProgressNumber = NumberOf(NoProgress);

    /// <summary>The number, in saved states, of a detector or rule that can open an alert of a series.</summary>
    /// <exception cref="ArgumentException">There is no detector or rule of that name.</exception>
    internal static int NumberOf(string name) => Openers.IndexOf(name) is >= 0 and var number
        ? number
        : throw new ArgumentException($"'{name}' is no detector or rule that opens alerts of series", nameof(name));

    /// <summary>The set as bits, by the detectors' numbers.</summary>
    internal ulong Bits => _bits;

    /// <summary>The set of these bits; bits beyond the known detectors are left out.</summary>
    internal static DetectorSet OfBits(ulong bits) => new(bits & ((1UL << AllNames.Length) - 1));

    /// <summary>
    /// The set where no policy says otherwise: the detectors of <see cref="DetectorCatalog.Default"/>, and all beside the catalogue but
    /// <see cref="Peers"/>.
    /// </summary>
    public static DetectorSet Default { get; } = Of([.. DetectorCatalog.Default, NonFinite, JointSurprise, IsolationForest, Training,
        NoProgress]);

    /// <summary>The names of those that are on, in the fixed order.</summary>
    public ImmutableArray<string> Names
    {
        get
        {
            var set = this;
            return [.. AllNames.Where((_, number) => set.Has(number))];
        }
    }

    /// <summary>Whether the rule for values that are no finite number is on.</summary>
    [JsonIgnore]
    public bool HasNonFinite => Has(NonFiniteNumber);

    /// <summary>Whether the surprise of all metrics of an entity is added up.</summary>
    [JsonIgnore]
    public bool HasJointSurprise => Has(JointSurpriseNumber);

    /// <summary>
    /// Whether a forest learns the rows of an entity. It opens no alert without <see cref="JointSurprise"/>.
    /// </summary>
    [JsonIgnore]
    public bool HasIsolationForest => Has(IsolationForestNumber);

    /// <summary>Whether training mode may judge the metric.</summary>
    [JsonIgnore]
    public bool HasTraining => Has(TrainingNumber);

    /// <summary>Whether a series is compared with its siblings.</summary>
    [JsonIgnore]
    public bool HasPeers => Has(PeersNumber);

    /// <summary>Whether an engine that has work and makes no progress is reported.</summary>
    [JsonIgnore]
    public bool HasNoProgress => Has(NoProgressNumber);

    /// <summary>
    /// The detectors among them, in the order of the catalogue; of a lean memory only those of <see cref="DetectorCatalog.Lean"/>.
    /// </summary>
    internal SeriesDetector[] Detectors(MemoryPlan memory)
    {
        var set = this;
        return [.. DetectorCatalog.All.Where((detector, number) =>
            set.Has(number) && (memory == MemoryPlan.Default || DetectorCatalog.Lean.Contains(detector.Name)))];
    }

    /// <summary>The set of the named detectors.</summary>
    /// <exception cref="ArgumentException">There is no detector of that name.</exception>
    public static DetectorSet Of(IEnumerable<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        var bits = 0UL;
        foreach (var name in names)
        {
            var number = AllNames.IndexOf(name);
            if (number < 0) throw new ArgumentException($"'{name}' is no detector: there are {string.Join(", ", AllNames)}");
            bits |= 1UL << number;
        }

        return new(bits);
    }

    /// <summary>Whether the detector of this number (its place in <see cref="AllNames"/>) is on.</summary>
    public bool Has(int number) => ((_bits >> number) & 1) != 0;

    /// <summary>Whether the detector of this name is on; a rule that no policy sets, such as the one for codes, always is.</summary>
    internal bool MaySpeak(string? name) => name is null || AllNames.IndexOf(name) is not (>= 0 and var number) || Has(number);

    /// <summary>This set and those of another.</summary>
    public DetectorSet With(DetectorSet others) => new(_bits | others._bits);

    /// <summary>This set without those of another.</summary>
    public DetectorSet Without(DetectorSet others) => new(_bits & ~others._bits);

    /// <summary>The names, separated by commas.</summary>
    public override string ToString() => string.Join(", ", Names);
}
