using System.Text.Json;
using System.Text.Json.Serialization;
using LeptonStream.Detection.Policies;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Feedback;

/// <summary>A verdict, or its withdrawal, on its way to the detector that raised the alert (docs/events.md).</summary>
public sealed record FeedbackEvent
{
    private const int MaxId = 128;
    private const int MaxText = 1024;
    private const int MaxNote = 16 * 1024;
    private const int MaxLabels = 64;

    /// <summary>Its own id; one that comes again is the same verdict.</summary>
    public required string Id { get; init; }

    /// <summary>The alert.</summary>
    public required string AlertId { get; init; }

    /// <summary>The watched model.</summary>
    public required string Model { get; init; }

    /// <summary>The metric of the alert.</summary>
    public required string Metric { get; init; }

    /// <summary>The labels of the series.</summary>
    public required LabelSet Labels { get; init; }

    /// <summary>The series of the alert.</summary>
    public SeriesKey Key => new(Model, Metric, Labels);

    /// <summary>The verdict.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>Whether the verdict is withdrawn instead.</summary>
    public bool Withdrawn { get; init; }

    /// <summary>Who gave it.</summary>
    public required string By { get; init; }

    /// <summary>The worst score of the alert, 1.0 is the line; null where nobody wrote it down.</summary>
    public double? Score { get; init; }

    /// <summary>The detector or rule that opened the alert; null where nobody wrote it down.</summary>
    public string? Detector { get; init; }

    /// <summary>Whether the line of the series had no part in the alert: a rule opened it.</summary>
    public bool IsOfRule => Detector is { } opener && !DetectorSet.HasLine(opener);

    /// <summary>Words of the person; may be empty.</summary>
    public string Note { get; init; } = "";

    /// <summary>Time of the verdict.</summary>
    public required Timestamp At { get; init; }

    /// <summary>Number of the input partition whose detector raised the alert.</summary>
    public required int Partition { get; init; }

    /// <summary>Writes it as JSON.</summary>
    public string Write() => JsonSerializer.Serialize(
        new Form(Id, AlertId, Model, Metric, Labels.ToDictionary(), Verdicts.NameOf(Verdict), Withdrawn, By, Note,
            At.ToDateTimeOffset(), Partition, Score, Detector),
        FeedbackJson.Default.Form);

    /// <summary>Reads it; null where the text is no verdict.</summary>
    public static FeedbackEvent? Read(string json)
    {
        try
        {
            if (JsonSerializer.Deserialize(json, FeedbackJson.Default.Form) is not { } form) return null;
            if (Verdicts.Parse(form.Verdict) is not { } verdict || !IsSound(form)) return null;
            return new()
            {
                Id = form.Id,
                AlertId = form.AlertId,
                Model = form.Model,
                Metric = form.Metric,
                Labels = LabelSet.Of(form.Labels),
                Verdict = verdict,
                Withdrawn = form.Withdrawn,
                By = form.By,
                Note = form.Note,
                At = Timestamp.FromDateTimeOffset(form.At),
                Partition = form.Partition,
                Score = form.Score is > 0 and < 1e6 ? form.Score : null,
                Detector = form.Detector is { } detector && IsId(detector) ? detector : null,
            };
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // Whoever writes to the topic decides on the text that people read and on the bytes that snapshots take. Ids stand in commands.
    private static bool IsSound(Form form) => IsId(form.Id) && IsId(form.AlertId) && IsName(form.Model) && IsName(form.Metric)
        && IsName(form.By) && form.Note.Length <= MaxNote && form.Labels.Count <= MaxLabels
        && form.Labels.All(label => IsName(label.Key) && label.Value is { Length: <= MaxText });

    private static bool IsId(string id) =>
        id.Length is > 0 and <= MaxId && id.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_');

    private static bool IsName(string name) => name.Length is > 0 and <= MaxText && !name.Any(char.IsControl);

    internal sealed record Form(
        string Id, string AlertId, string Model, string Metric, Dictionary<string, string> Labels, string Verdict, bool Withdrawn,
        string By, string Note, DateTimeOffset At, int Partition, double? Score = null,
        string? Detector = null);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(FeedbackEvent.Form))]
internal sealed partial class FeedbackJson : JsonSerializerContext;
