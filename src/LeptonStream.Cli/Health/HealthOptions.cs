namespace LeptonStream.Cli.Health;

/// <summary>Where probes ask; section <c>Health</c>.</summary>
public sealed class HealthOptions
{
    /// <summary>The name of the section.</summary>
    public const string Section = "Health";

    /// <summary>The port of /healthz/live and /healthz/ready, on every address of this machine; 0 is off. The dashboard serves them on its own port.</summary>
    public int Port { get; set; }
}
