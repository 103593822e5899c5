using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;

namespace LeptonStream.Dashboard.Access;

/// <summary>The policies that endpoints ask for, one a role.</summary>
internal static class AccessPolicies
{
    public const string View = nameof(AccessRole.Viewer);
    public const string Respond = nameof(AccessRole.Responder);
    public const string Administer = nameof(AccessRole.Admin);

    /// <summary>Registers the policies; an endpoint that names none is for viewers.</summary>
    public static void Add(AuthorizationOptions options)
    {
        foreach (var role in Enum.GetNames<AccessRole>()) options.AddPolicy(role, policy => policy.RequireRole(role));
        options.FallbackPolicy = options.GetPolicy(View);
    }

    /// <summary>Somebody as the policies see them: with their role and all that it includes.</summary>
    public static ClaimsPrincipal Principal(string name, AccessRole role, string scheme) => new(new ClaimsIdentity(
        [
            new Claim(ClaimTypes.Name, name),
            .. Enum.GetValues<AccessRole>().Where(each => each <= role).Select(each => new Claim(ClaimTypes.Role, each.ToString())),
        ],
        scheme));

    /// <summary>The highest role that somebody has.</summary>
    public static AccessRole RoleOf(ClaimsPrincipal person) =>
        Enum.GetValues<AccessRole>().LastOrDefault(role => person.IsInRole(role.ToString()));
}
