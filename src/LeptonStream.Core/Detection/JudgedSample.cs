using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Detection;

/// <summary>The pipeline's judgement of one sample, for observers (backtests, scores files, tests).</summary>
/// <param name="Key">The series.</param>
/// <param name="Sample">The sample.</param>
/// <param name="Score">Its score; 1.0 is the line.</param>
/// <param name="IsAlerting">Whether an alert of the series is open after this sample.</param>
/// <param name="Expected">Forecast in the series' unit; NaN while there is none.</param>
/// <param name="Lower">Lower end of the band, or NaN.</param>
/// <param name="Upper">Upper end of the band, or NaN.</param>
public readonly record struct JudgedSample(
    SeriesKey Key, Sample Sample, double Score, bool IsAlerting, double Expected, double Lower, double Upper);

/// <summary>Gets every judged sample, in order.</summary>
public delegate void JudgedSampleObserver(in JudgedSample judged);

/// <summary>The pipeline's judgement of one row of an entity: the newest values of all its metrics together.</summary>
/// <param name="Key">The entity, as the series that it is in events.</param>
/// <param name="Time">Event time of the row.</param>
/// <param name="Score">Its score; 1.0 is the line.</param>
/// <param name="IsAlerting">Whether an alert of the entity is open after this row.</param>
public readonly record struct JudgedRow(SeriesKey Key, Timestamp Time, double Score, bool IsAlerting);

/// <summary>Gets every judged row, in order.</summary>
public delegate void JudgedRowObserver(in JudgedRow judged);
