using System.Net;

using LeptonStream.Output;
namespace LeptonStream.Notifier.Egress;

/// <summary>
/// The targets beyond the public Internet that channels may reach (<c>Notifier:AllowedTargets</c>): the words <c>private</c> and
/// <c>loopback</c>, addresses, networks, and names of hosts. A metadata service is allowed only by its own address.
/// </summary>
internal sealed class AllowedTargets
{
    /// <summary>The name of the setting.</summary>
    public const string Setting = "Notifier:AllowedTargets";

    private const string Form = "write, separated by commas, 'private', 'loopback', addresses (10.0.0.7), networks (10.0.0.0/8) or host "
        + "names (hooks.example.org, *.example.org)";

    private readonly HashSet<AddressKind> _kinds = [];
    private readonly List<IPNetwork> _networks = [];
    private readonly List<string> _hosts = [];

    private AllowedTargets()
    {
    }

    /// <summary>Reads the setting.</summary>
    /// <param name="text">The value of the setting; null and empty allow public addresses only.</param>
    /// <param name="error">The error, which names the setting; null where it is sound.</param>
    public static AllowedTargets Parse(string? text, out string? error)
    {
        var targets = new AllowedTargets();
        error = null;
        foreach (var entry in (text ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            if (!targets.Add(entry)) error ??= $"{Setting} has the entry '{entry}': {Form}";
        return targets;
    }

    /// <summary>Whether a channel may connect to this address of that host.</summary>
    public bool Allows(string host, IPAddress address)
    {
        var (plain, kind) = (AddressClass.Plain(address), AddressClass.Of(address));
        return kind switch
        {
            AddressKind.Public => true,
            AddressKind.Metadata => _networks.Any(network => network.BaseAddress.Equals(plain) && IsOneAddress(network)),
            AddressKind.Loopback or AddressKind.Private => _kinds.Contains(kind) || Named(host) || Covered(plain),
            // The name of a host opens no link-local address: whoever serves the name could point it at one.
            _ => Covered(plain),
        };
    }

    private bool Covered(IPAddress address) => _networks.Any(network => network.Contains(address));

    private bool Named(string host) => _hosts.Any(allowed => allowed.StartsWith("*.", StringComparison.Ordinal)
        ? host.EndsWith(allowed[1..], StringComparison.OrdinalIgnoreCase)
        : host.Equals(allowed, StringComparison.OrdinalIgnoreCase));

    private bool Add(string entry)
    {
        if (entry == "private") return _kinds.Add(AddressKind.Private) || true;
        if (entry == "loopback") return _kinds.Add(AddressKind.Loopback) || true;
        if (IPNetwork.TryParse(entry, out var network)) _networks.Add(network);
        else if (entry.Any(char.IsAsciiLetter) && !entry.Contains(':', StringComparison.Ordinal) && IsHost(entry)) _hosts.Add(entry);
        else if (IPAddress.TryParse(entry, out var address)) _networks.Add(Single(AddressClass.Plain(address)));
        else return false;
        return true;
    }

    private static bool IsHost(string entry) =>
        Uri.CheckHostName(entry.StartsWith("*.", StringComparison.Ordinal) ? entry[2..] : entry) == UriHostNameType.Dns;

    private static IPNetwork Single(IPAddress address) => new(address, address.GetAddressBytes().Length * 8);

    private static bool IsOneAddress(IPNetwork network) => network.PrefixLength == network.BaseAddress.GetAddressBytes().Length * 8;
}
