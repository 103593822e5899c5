using System.Net.Http.Headers;
using LeptonStream.Access;
using LeptonStream.Collector.Intake;
using Microsoft.AspNetCore.Http;

namespace LeptonStream.Collector.Http;

/// <summary>Who sends: the holder of a token, the client of a certificate, else the tenant that the request names, else anybody.</summary>
internal sealed class SenderAccess(TokensFile tokens, IntakeSources sources)
{
    private const string Bearer = "Bearer";
    private const string Tenant = "X-Scope-OrgID";

    /// <summary>Finds the source of a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="status">The status of the answer where nobody is let in.</param>
    /// <param name="problem">Why nobody is let in; null where somebody is.</param>
    public IntakeSource? Of(HttpRequest request, out int status, out string? problem)
    {
        (status, problem) = (StatusCodes.Status401Unauthorized, null);
        if (tokens.IsSet) return OfToken(request, ref status, out problem);
        // A name that the sender thinks up itself bounds it all the same: nobody has limits of another by it.
        if (request.HttpContext.Connection.ClientCertificate is { } certificate)
            return sources.Of(certificate.GetNameInfo(System.Security.Cryptography.X509Certificates.X509NameType.SimpleName, false));
        return sources.Of(request.Headers[Tenant].ToString() is { } tenant && IntakeSources.IsName(tenant)
            ? tenant
            : IntakeSources.Anonymous);
    }

    private IntakeSource? OfToken(HttpRequest request, ref int status, out string? problem)
    {
        problem = "a token is needed: Authorization: Bearer TOKEN";
        if (TokenOf(request) is not { } token) return null;
        problem = "the token is nobody's";
        if (tokens.Current().Find(token) is not { } holder) return null;
        status = StatusCodes.Status403Forbidden;
        problem = $"the role of {holder.Name} is {holder.Role.ToString().ToLowerInvariant()}: senders need the role sender";
        if (holder.Role is not (AccessRole.Sender or AccessRole.Admin)) return null;
        problem = null;
        return sources.Of(holder.Name);
    }

    // InfluxDB's clients say "Token", and Telegraf and Prometheus can send a password only.
    private static string? TokenOf(HttpRequest request)
    {
        if (!AuthenticationHeaderValue.TryParse(request.Headers.Authorization.ToString(), out var header)) return null;
        if (header.Scheme.Equals(Bearer, StringComparison.OrdinalIgnoreCase)
            || header.Scheme.Equals("Token", StringComparison.OrdinalIgnoreCase)) return header.Parameter;
        if (!header.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase)) return null;
        var buffer = new byte[(header.Parameter?.Length ?? 0) + 4];
        return Convert.TryFromBase64String(header.Parameter ?? "", buffer, out var length)
            && Array.IndexOf(buffer, (byte)':', 0, length) is >= 0 and var colon
            ? System.Text.Encoding.UTF8.GetString(buffer, colon + 1, length - colon - 1)
            : null;
    }
}
