namespace LeptonStream.Health;

/// <summary>The names of the roles: in commands, in their statuses and as the keys of their health.</summary>
public static class RoleNames
{
    public const string Collector = "collector";
    public const string Detector = "detector";
    public const string Edge = "edge";
    public const string Notifier = "notifier";
    public const string Dashboard = "dashboard";

    /// <summary>The name of this process, beside others of its role: in statuses.</summary>
    public static string Instance { get; } = $"{Environment.MachineName}/{Environment.ProcessId}";

    /// <summary>The name of a role's program, in telemetry and dead letters.</summary>
    public static string ProgramOf(string role) => $"lepton-{role}";
}
