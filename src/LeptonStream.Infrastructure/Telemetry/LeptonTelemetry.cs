using System.Diagnostics;

namespace LeptonStream.Telemetry;

/// <summary>What all instruments and spans of the program are under.</summary>
public static class LeptonTelemetry
{
    public const string Name = "LeptonStream";

    public static readonly ActivitySource Spans = new(Name);
}
