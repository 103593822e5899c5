namespace LeptonStream.Detection;

/// <summary>How to judge series: the settings of detection. Immutable; its <see cref="Fingerprint"/> is part of every event id.</summary>
public sealed record DetectionPolicy
{
    /// <summary>The policy that needs no setting.</summary>
    public static readonly DetectionPolicy Default = new();

    /// <summary>A text that differs whenever any setting differs.</summary>
    public string Fingerprint => ToString();
}
