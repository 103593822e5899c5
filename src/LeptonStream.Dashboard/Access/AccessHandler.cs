using System.Net;
using System.Net.Http.Headers;
using System.Text.Encodings.Web;
using LeptonStream.Access;
using LeptonStream.Dashboard.Alerts;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LeptonStream.Dashboard.Access;

/// <summary>
/// Who asks: the holder of a token (<c>Authorization: Bearer …</c>, or the page's cookie), else the person whom a trusted proxy names,
/// else anybody with the role of <c>Dashboard:AnonymousRole</c>.
/// </summary>
internal sealed class AccessHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> schemes,
    IOptions<DashboardOptions> dashboard,
    TokensFile tokens,
    ILoggerFactory loggers,
    UrlEncoder encoder) : AuthenticationHandler<AuthenticationSchemeOptions>(schemes, loggers, encoder)
{
    public const string Name = "Access";
    public const string Anybody = "anonymous";

    private const string Bearer = "Bearer";

    // Longer names are no names.
    private const int LongestName = 200;

    private readonly IPNetwork[] _proxies = DashboardOptionsValidation.ProxiesOf(dashboard.Value, out _);

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (AuthenticationHeaderValue.TryParse(Request.Headers.Authorization.ToString(), out var authorization)
            && authorization.Scheme.Equals(Bearer, StringComparison.OrdinalIgnoreCase))
        {
            return Task.FromResult(tokens.Current().Find(authorization.Parameter ?? "") is { } holder
                ? Result(holder.Name, holder.Role)
                : AuthenticateResult.Fail("the token is nobody's"));
        }

        // One that was withdrawn meanwhile is as good as none: the page offers to sign in again.
        if (Request.Cookies[SessionEndpoints.Cookie] is { Length: > 0 } cookie && tokens.Current().Find(cookie) is { } signedIn)
            return Task.FromResult(Result(signedIn.Name, signedIn.Role));
        return Task.FromResult(NamedByProxy() is { } person
            ? Result(person, dashboard.Value.TrustedRole)
            : Result(Anybody, dashboard.Value.AnonymousRole));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status401Unauthorized;
        Response.Headers.Append("WWW-Authenticate", Bearer);
        return Task.CompletedTask;
    }

    // Who has not signed in may sign in; who has may not do it.
    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        if (Context.User.Identity?.Name is not { } name || name == Anybody) return HandleChallengeAsync(properties);
        var needed = Context.GetEndpoint()?.Metadata.GetMetadata<IAuthorizeData>()?.Policy ?? AccessPolicies.View;
        return ApiProblem.RoleTooLow(name, AccessPolicies.RoleOf(Context.User).ToString(), needed).ExecuteAsync(Context);
    }

    private string? NamedByProxy()
    {
        if (dashboard.Value.TrustedUserHeader is not { Length: > 0 } header) return null;
        // Only what the proxy itself sends counts: others could write any name into the header.
        if (Context.Connection.RemoteIpAddress is not { } sender || !_proxies.Any(proxy => Contains(proxy, sender))) return null;
        var name = Request.Headers[header].ToString().Trim();
        return name.Length is > 0 and <= LongestName && !name.Any(char.IsControl) ? name : null;
    }

    private static bool Contains(IPNetwork network, IPAddress address) =>
        network.Contains(address) || (address.IsIPv4MappedToIPv6 && network.Contains(address.MapToIPv4()));

    private static AuthenticateResult Result(string name, AccessRole role) =>
        AuthenticateResult.Success(new AuthenticationTicket(AccessPolicies.Principal(name, role, Name), Name));
}
