using System.Net;
using System.Net.Sockets;

namespace LeptonStream.Output;

/// <summary>The part of the world in which an address lies, as far as it matters to someone who sends.</summary>
public enum AddressKind
{
    /// <summary>An address of the Internet.</summary>
    Public = 0,

    /// <summary>This machine.</summary>
    Loopback = 1,

    /// <summary>A network of one's own: RFC 1918, RFC 4193, and the shared range of carriers.</summary>
    Private = 2,

    /// <summary>The wire itself (169.254.0.0/16, fe80::/10), where clouds keep their credentials.</summary>
    LinkLocal = 3,

    /// <summary>A metadata service of a cloud outside of the link-local range.</summary>
    Metadata = 4,

    /// <summary>No receiver can be there: unspecified, multicast, documentation, and forms that hide another address.</summary>
    Reserved = 5,
}

/// <summary>Tells the kinds of addresses apart.</summary>
public static class AddressClass
{
    // The first that fits counts. Tunnels (6to4, Teredo, NAT64) name an IPv4 address behind the back of a check, so none of them is public.
    private static readonly (AddressKind Kind, IPNetwork[] Networks)[] Classes =
    [
        (AddressKind.Metadata, Networks("100.100.100.200/32", "168.63.129.16/32", "192.0.0.192/32", "fd00:ec2::254/128",
            "fd20:ce::254/128")),
        (AddressKind.Loopback, Networks("127.0.0.0/8", "::1/128")),
        (AddressKind.LinkLocal, Networks("169.254.0.0/16", "fe80::/10")),
        (AddressKind.Private, Networks("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")),
        (AddressKind.Reserved, Networks("0.0.0.0/8", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24",
            "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23",
            "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fec0::/10", "ff00::/8")),
    ];

    /// <summary>The kind of an address; an IPv4 address in IPv6 clothes is taken as the IPv4 address.</summary>
    public static AddressKind Of(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var plain = Plain(address);
        foreach (var (kind, networks) in Classes)
            if (networks.Any(network => network.Contains(plain))) return kind;
        // In IPv6 only 2000::/3 is routed.
        return plain.AddressFamily == AddressFamily.InterNetworkV6 && (plain.GetAddressBytes()[0] & 0xE0) != 0x20
            ? AddressKind.Reserved
            : AddressKind.Public;
    }

    /// <summary>The address without zone, and as IPv4 where it is one.</summary>
    public static IPAddress Plain(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        return address.AddressFamily == AddressFamily.InterNetworkV6 && address.ScopeId != 0 ? new(address.GetAddressBytes()) : address;
    }

    /// <summary>The kind in words, with its article.</summary>
    public static string Words(AddressKind kind) => kind switch
    {
        AddressKind.Public => "a public address",
        AddressKind.Loopback => "this machine",
        AddressKind.Private => "a private address",
        AddressKind.LinkLocal => "a link-local address",
        AddressKind.Metadata => "a cloud's metadata service",
        _ => "a reserved address",
    };

    private static IPNetwork[] Networks(params string[] ranges) => [.. ranges.Select(range => IPNetwork.Parse(range))];
}
