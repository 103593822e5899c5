using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Alerting.Muting;

/// <summary>Somebody works on an alert: its notifications say so while it fires.</summary>
/// <param name="By">Who acknowledged it.</param>
/// <param name="Since">The time of that.</param>
public sealed record CareTaken(string By, Timestamp Since)
{
    /// <summary>The annotation that names the person.</summary>
    public const string Annotation = "acknowledged_by";

    /// <summary>The annotation with the time, as RFC 3339 in UTC.</summary>
    public const string SinceAnnotation = "acknowledged_at";

    /// <summary>The annotations of the alert with both.</summary>
    /// <param name="annotations">The annotations that it has.</param>
    public LabelSet Annotate(LabelSet annotations)
    {
        ArgumentNullException.ThrowIfNull(annotations);
        return annotations.With((Annotation, By)).With((SinceAnnotation, Since.ToString()));
    }
}
