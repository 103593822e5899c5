using System.Buffers;
using System.Globalization;

namespace LeptonStream.Collector.Edge.Host;

/// <summary>The errors that NVIDIA's drivers write into the kernel's log.</summary>
internal enum XidKind
{
    /// <summary>Of a GPU: <c>NVRM: Xid (PCI:0000:3b:00): 79, …</c>.</summary>
    Gpu = 0,

    /// <summary>Of an NVSwitch: <c>nvidia-nvswitch0: SXid (PCI:0000:c1:00.0): 20009, Non-fatal, …</c>.</summary>
    Switch = 1,
}

/// <summary>An error of a GPU or an NVSwitch.</summary>
/// <param name="Kind">Of which it is.</param>
/// <param name="Pci">The address of the device, such as <c>0000:3b:00</c>.</param>
/// <param name="Code">The code.</param>
internal readonly record struct XidLine(XidKind Kind, string Pci, int Code)
{
    private const string Gpu = "NVRM: Xid (";
    private const string Switch = "nvidia-nvswitch";
    private const string SwitchError = ": SXid (";
    private const string Bus = "PCI:";
    private static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdefABCDEF");
    private const int LargestCode = 99_999;

    /// <summary>
    /// Reads a message of the kernel, without time and level. It must begin as the drivers begin theirs: the text behind may hold names of
    /// processes, which anybody chooses.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<char> message, out XidLine error)
    {
        error = default;
        XidKind kind;
        if (message.StartsWith(Gpu, StringComparison.Ordinal))
        {
            kind = XidKind.Gpu;
            message = message[Gpu.Length..];
        }
        else if (message.StartsWith(Switch, StringComparison.Ordinal))
        {
            message = message[Switch.Length..];
            var digits = message.IndexOfAnyExceptInRange('0', '9');
            if (digits is <= 0 or > 4 || !message[digits..].StartsWith(SwitchError, StringComparison.Ordinal)) return false;
            kind = XidKind.Switch;
            message = message[(digits + SwitchError.Length)..];
        }
        else
        {
            return false;
        }

        if (message.StartsWith(Bus, StringComparison.Ordinal)) message = message[Bus.Length..];
        var end = message.IndexOf("): ", StringComparison.Ordinal);
        if (end < 0 || AddressOf(message[..end]) is not { } address) return false;
        var code = message[(end + 3)..];
        var length = code.IndexOfAnyExceptInRange('0', '9') is >= 0 and var stop ? stop : code.Length;
        if (length is 0 or > 5 || (length < code.Length && code[length] is not (',' or ' '))) return false;
        error = new(kind, address, int.Parse(code[..length], CultureInfo.InvariantCulture));
        return error.Code is > 0 and <= LargestCode;
    }

    /// <summary>The address of a device without its function: <c>0000:3b:00</c> of <c>00000000:3B:00.0</c>; null for none.</summary>
    public static string? AddressOf(ReadOnlySpan<char> text)
    {
        Span<Range> parts = stackalloc Range[4];
        if (text.Length > 20 || text.Split(parts, ':') != 3) return null;
        var domain = text[parts[0]];
        var bus = text[parts[1]];
        var device = text[parts[2]];
        var dot = device.IndexOf('.');
        if (dot >= 0 && !IsHex(device[(dot + 1)..], 1, 1)) return null;
        if (dot >= 0) device = device[..dot];
        if (!IsHex(domain, 4, 8) || !IsHex(bus, 2, 2) || !IsHex(device, 2, 2)) return null;
        // NVIDIA's tools write eight digits, and the kernel four.
        if (domain.Length == 8 && domain[..4].SequenceEqual("0000")) domain = domain[4..];
        return $"{domain}:{bus}:{device}".ToLowerInvariant();
    }

    private static bool IsHex(ReadOnlySpan<char> text, int least, int most) =>
        text.Length >= least && text.Length <= most && !text.ContainsAnyExcept(Hex);
}
