using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace LeptonStream.Dashboard;

internal sealed class DashboardOptionsValidation : IValidateOptions<DashboardOptions>
{
    public ValidateOptionsResult Validate(string? name, DashboardOptions options)
    {
        if (WrongUrl(options.Url) is not { } reason) return ValidateOptionsResult.Success;
        return ValidateOptionsResult.Fail($"Dashboard:Url is '{options.Url}': {reason}");
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
