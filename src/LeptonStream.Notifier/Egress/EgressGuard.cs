using System.Net;
using System.Net.Sockets;

using LeptonStream.Output;
namespace LeptonStream.Notifier.Egress;

/// <summary>The connection was not made, because its target is not one that channels may reach.</summary>
internal sealed class EgressBlockedException(string message) : IOException(message);

/// <summary>
/// Makes every connection of every channel, and none to an address that is not allowed. The name is resolved once, here, and the connection
/// goes to the addresses that were checked: a server of names that answers differently the next time gains nothing.
/// </summary>
internal sealed class EgressGuard(AllowedTargets allowed)
{
    // Names of metadata services, blocked where a proxy resolves for us, too.
    private static readonly string[] MetadataNames =
        ["metadata", "metadata.google.internal", "metadata.goog", "instance-data", "instance-data.ec2.internal"];

    /// <summary>Resolves a name; tests answer for a server of names.</summary>
    public Func<string, CancellationToken, Task<IPAddress[]>> Resolve { get; init; } = Dns.GetHostAddressesAsync;

    /// <summary>Connects to one of some addresses; tests count the calls.</summary>
    public Func<IPAddress[], int, CancellationToken, Task<Stream>> Dial { get; init; } = DialTcp;

    /// <summary>Connects to a host, or says which setting would allow it.</summary>
    /// <exception cref="EgressBlockedException">An address of the host is not allowed.</exception>
    public async Task<Stream> Connect(string host, int port, CancellationToken cancellation)
    {
        var addresses = await Checked(host, cancellation);
        if (addresses.Length == 0) throw new IOException($"{host} has no address");
        return await Dial([.. addresses.Select(AddressClass.Plain)], port, cancellation);
    }

    /// <summary>Says, before anything is to be sent, why no connection will be made to a host; null where nothing forbids one.</summary>
    /// <param name="host">The host. One that has no address now is not blocked.</param>
    /// <param name="isBehindProxy">Whether a proxy resolves it.</param>
    /// <param name="cancellation">Ends the question.</param>
    public async Task<string?> WhyBlocked(string host, bool isBehindProxy, CancellationToken cancellation)
    {
        try
        {
            if (isBehindProxy) CheckBehindProxy(host);
            else await Checked(host, cancellation);
            return null;
        }
        catch (EgressBlockedException blocked)
        {
            return blocked.Message;
        }
        catch (Exception unknown) when (unknown is SocketException or IOException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Checks a target that a proxy will resolve: what can be known of it here.</summary>
    /// <exception cref="EgressBlockedException">It is not allowed.</exception>
    public void CheckBehindProxy(string host)
    {
        CheckName(host);
        if (LiteralOf(host) is { } literal) Check(host, literal);
        else if (IsLocalName(host)) Check(host, IPAddress.Loopback);
    }

    private async Task<IPAddress[]> Checked(string host, CancellationToken cancellation)
    {
        CheckName(host);
        var addresses = LiteralOf(host) is { } literal ? [literal] : await Resolve(host, cancellation);
        // One bad address spoils them all: a mixture is the mark of somebody who tries.
        foreach (var address in addresses) Check(host, address);
        return addresses;
    }

    private static IPAddress? LiteralOf(string host) =>
        IPAddress.TryParse(host.Trim('[', ']').TrimEnd('.'), out var address) ? address : null;

    private static bool IsLocalName(string host) =>
        host.TrimEnd('.') is var name && (name.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || name.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase));

    private static void CheckName(string host)
    {
        if (MetadataNames.Contains(host.TrimEnd('.'), StringComparer.OrdinalIgnoreCase))
            throw new EgressBlockedException($"blocked: {host} is a cloud's metadata service");
    }

    private void Check(string host, IPAddress address)
    {
        if (allowed.Allows(host, address)) return;
        var kind = AddressClass.Of(address);
        var target = LiteralOf(host) is null ? $"{host} is {address}, {AddressClass.Words(kind)}" : $"{host} is {AddressClass.Words(kind)}";
        throw new EgressBlockedException($"blocked: {target}; {Remedy(host, address, kind)}");
    }

    private static string Remedy(string host, IPAddress address, AddressKind kind) => kind switch
    {
        AddressKind.Private or AddressKind.Loopback =>
            $"to allow it, add {address}, its network{(LiteralOf(host) is null ? $", {host}" : "")} or "
            + $"'{(kind == AddressKind.Private ? "private" : "loopback")}' to {AllowedTargets.Setting}",
        _ => $"only the address itself in {AllowedTargets.Setting} allows it",
    };

    private static async Task<Stream> DialTcp(IPAddress[] addresses, int port, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
