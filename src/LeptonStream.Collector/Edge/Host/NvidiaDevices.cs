using System.Globalization;

namespace LeptonStream.Collector.Edge.Host;

/// <summary>The GPUs of this host by their PCI addresses, as the driver lists them; none where there is no driver.</summary>
internal static class NvidiaDevices
{
    private const string Folder = "/proc/driver/nvidia/gpus";
    private const string Minor = "Device Minor:";
    private const int MostDevices = 64;

    /// <summary>Reads the list: the address of each, and its number.</summary>
    /// <param name="folder">The driver's folder.</param>
    public static Dictionary<string, string> Read(string folder = Folder)
    {
        var devices = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            if (!Directory.Exists(folder)) return devices;
            foreach (var path in Directory.GetDirectories(folder).Order(StringComparer.Ordinal).Take(MostDevices))
                if (XidLine.AddressOf(Path.GetFileName(path)) is { } address)
                    devices[address] = NumberOf(Path.Combine(path, "information"));
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            // Without the list, GPUs are known by their addresses once they have an error.
        }

        return devices;
    }

    private static string NumberOf(string path)
    {
        if (!File.Exists(path)) return "";
        var line = File.ReadLines(path).Take(50).FirstOrDefault(line => line.StartsWith(Minor, StringComparison.Ordinal));
        return line is not null
            && int.TryParse(line[Minor.Length..].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number.ToString(CultureInfo.InvariantCulture) : "";
    }
}
