namespace LeptonStream.Health;

/// <summary>The answers of a role to /healthz/live and /healthz/ready. Asked from any thread, given at once.</summary>
public interface IRoleHealth
{
    /// <summary>The role's name, such as <c>detector</c>.</summary>
    string Role { get; }

    /// <summary>Whether this process still works; if not it should be restarted. Never depends on a broker or a database.</summary>
    HealthReport Live();

    /// <summary>Whether it does its job now.</summary>
    HealthReport Ready();
}
