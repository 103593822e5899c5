using System.Net;
using LeptonStream.Access;
using LeptonStream.Dashboard.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace LeptonStream.Dashboard;

internal sealed class DashboardOptionsValidation : IValidateOptions<DashboardOptions>
{
    public ValidateOptionsResult Validate(string? name, DashboardOptions options)
    {
        var wrong = new List<string>();
        if (WrongUrl(options.Url) is { } reason) wrong.Add($"Dashboard:Url is '{options.Url}': {reason}");
        _ = ProxiesOf(options, out var unreadable);
        wrong.AddRange(unreadable.Select(text =>
            $"Dashboard:TrustedProxies has '{text}': write CIDR blocks such as 10.0.0.0/8;::1/128"));
        if (options.TokensFile is { Length: > 0 } file && LeptonStream.Access.TokensFile.Of(file, out var errors) is null)
            wrong.AddRange(errors.Select(error => $"Dashboard:TokensFile {error}"));
        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }

    /// <summary>The networks of <see cref="DashboardOptions.TrustedProxies"/>, and what in it is none.</summary>
    public static IPNetwork[] ProxiesOf(DashboardOptions options, out IReadOnlyList<string> unreadable)
    {
        const StringSplitOptions Tidy = StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries;
        var wrong = new List<string>();
        unreadable = wrong;
        var networks = new List<IPNetwork>();
        foreach (var text in options.TrustedProxies.Split(';', Tidy))
        {
            if (IPNetwork.TryParse(text, out var network)) networks.Add(network);
            else wrong.Add(text);
        }

        return [.. networks];
    }

    /// <summary>Whether the address can be reached from this machine only.</summary>
    public static bool IsLoopback(BindingAddress address) =>
        address.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip));

    private static string? WrongUrl(string url)
    {
        const string Form = "write http://host:port, such as http://127.0.0.1:8080 or http://0.0.0.0:8080";
        BindingAddress address;
        try { address = BindingAddress.Parse(url); }
        catch (FormatException) { return Form; }

        if (!address.Scheme.Equals("http", StringComparison.OrdinalIgnoreCase)) return Form + " (TLS ends at the proxy before it)";
        if (address.PathBase.Length > 0) return Form + ", without a path";
        if (address.Port is < 0 or > 65_535) return "the port may be 0 to 65535";
        if (address.Port == 0 && address.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
            return "port 0 needs an address, such as http://127.0.0.1:0";
        return null;
    }
}
