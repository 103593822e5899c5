using System.Text;

namespace LeptonStream.Yaml;

/// <summary>Reads the text of a settings file, however the file is: too large, a device without an end, not there.</summary>
public static class YamlText
{
    /// <summary>Bytes of a file, at most: far above any that people write.</summary>
    public const int MaxBytes = 1024 * 1024;

    /// <summary>Reads a file.</summary>
    /// <returns>Its text, or null and what is wrong.</returns>
    public static string? Read(string path, out string? error)
    {
        error = null;
        try
        {
            // Asked of the open file: of a link, a path would tell the link's own length.
            using var file = File.OpenRead(path);
            var content = new byte[MaxBytes + 1];
            var length = file.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
            if (length <= MaxBytes)
            {
                using var text = new StreamReader(new MemoryStream(content, 0, length), Encoding.UTF8);
                return text.ReadToEnd();
            }

            error = $"{path} has {(file.CanSeek ? Math.Max(file.Length, length) : length)} bytes, {MaxBytes} are allowed";
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or ArgumentException
            or NotSupportedException)
        {
            error = $"{path} can't be read: {unreadable.Message}";
        }

        return null;
    }
}
