using System.Net;
using Microsoft.AspNetCore.Http;

namespace LeptonStream.Collector.Http;

/// <summary>Where a server listens: an address and a port, with TLS or without; or nowhere.</summary>
/// <param name="Address">The address; null for every address of this machine.</param>
/// <param name="Port">The port; 0 for any free one, -1 for none.</param>
/// <param name="HasTls">Whether it speaks TLS.</param>
internal sealed record ListenAddress(IPAddress? Address, int Port, bool HasTls)
{
    private const string Form = "write http://host:port or https://host:port, such as http://127.0.0.1:4318 or http://0.0.0.0:4318, or "
        + "nothing to turn it off";

    /// <summary>Nowhere.</summary>
    public static readonly ListenAddress Off = new(null, -1, false);

    /// <summary>Whether it listens at all.</summary>
    public bool IsOn => Port >= 0;

    /// <summary>Reads a setting.</summary>
    /// <returns>The address, or null and what is wrong.</returns>
    public static ListenAddress? Of(string url, out string reason)
    {
        reason = Form;
        if (url.Trim().Length == 0) return Off;
        BindingAddress bound;
        try
        {
            bound = BindingAddress.Parse(url);
        }
        catch (FormatException)
        {
            return null;
        }

        var hasTls = bound.Scheme.Equals("https", StringComparison.OrdinalIgnoreCase);
        if ((!hasTls && !bound.Scheme.Equals("http", StringComparison.OrdinalIgnoreCase)) || bound.PathBase.Length > 0) return null;
        if (bound.Port is < 0 or > 65_535) return null;
        return AddressOf(bound.Host, out var address) ? new(address, bound.Port, hasTls) : null;
    }

    private static bool AddressOf(string host, out IPAddress? address)
    {
        address = null;
        if (host is "*" or "+") return true;
        if (!host.Equals("localhost", StringComparison.OrdinalIgnoreCase)) return IPAddress.TryParse(host.Trim('[', ']'), out address);
        address = IPAddress.Loopback;
        return true;
    }
}
