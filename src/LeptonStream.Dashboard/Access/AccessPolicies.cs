using System.Security.Claims;
using LeptonStream.Access;
using Microsoft.AspNetCore.Authorization;

namespace LeptonStream.Dashboard.Access;

/// <summary>The policies that endpoints ask for: one a role, and one for those who may send alerts.</summary>
internal static class AccessPolicies
{
    public const string View = nameof(AccessRole.Viewer);
    public const string Respond = nameof(AccessRole.Responder);
    public const string Administer = nameof(AccessRole.Admin);
    public const string SendAlerts = nameof(SendAlerts);

    /// <summary>Registers the policies; an endpoint that names none is for viewers.</summary>
    public static void Add(AuthorizationOptions options)
    {
        foreach (var role in Enum.GetNames<AccessRole>()) options.AddPolicy(role, policy => policy.RequireRole(role));
        options.AddPolicy(SendAlerts, policy => policy.RequireRole(nameof(AccessRole.Responder), nameof(AccessRole.Sender)));
        options.FallbackPolicy = options.GetPolicy(View);
    }

    /// <summary>Somebody as the policies see them: with their role and all that it includes.</summary>
    public static ClaimsPrincipal Principal(string name, AccessRole role, string scheme) => new(new ClaimsIdentity(
        [
            new Claim(ClaimTypes.Name, name),
            .. Enum.GetValues<AccessRole>().Where(each => Includes(role, each)).Select(each => new Claim(ClaimTypes.Role, each.ToString())),
        ],
        scheme));

    /// <summary>Whether a role may do all that another may.</summary>
    public static bool Includes(AccessRole role, AccessRole other) =>
        role == other || other == AccessRole.None || (other < role && role != AccessRole.Sender);

    /// <summary>The highest role that somebody has.</summary>
    public static AccessRole RoleOf(ClaimsPrincipal person) =>
        Enum.GetValues<AccessRole>().LastOrDefault(role => person.IsInRole(role.ToString()));
}
