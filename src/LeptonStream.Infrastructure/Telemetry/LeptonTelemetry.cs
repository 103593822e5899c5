using System.Diagnostics;

namespace LeptonStream.Telemetry;

/// <summary>The name of the meter and activity source of all instruments and spans.</summary>
public static class LeptonTelemetry
{
    public const string Name = "LeptonStream";

    public static readonly ActivitySource Spans = new(Name);
}
