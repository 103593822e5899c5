using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace LeptonStream.Yaml;

/// <summary>Reads the text of a settings file, however the file is: too large, a device without an end, not there.</summary>
public static partial class YamlText
{
    /// <summary>Bytes of a file, at most: far above any that people write.</summary>
    public const int MaxBytes = 1024 * 1024;

    // open(2) of Linux: for reading, without waiting for a writer, not for child processes.
    private const int ReadAtOnce = 0x800 | 0x80000;

    /// <summary>Reads a file.</summary>
    /// <returns>Its text, or null and what is wrong.</returns>
    public static string? Read(string path, out string? error)
    {
        error = null;
        try
        {
            // Asked of the open file: of a link, a path would tell the link's own length.
            using var file = Open(path);
            if (!file.CanSeek)
            {
                error = $"{path} can't be read: it is no ordinary file";
                return null;
            }

            var content = new byte[MaxBytes + 1];
            var length = file.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
            if (length <= MaxBytes)
            {
                using var text = new StreamReader(new MemoryStream(content, 0, length), Encoding.UTF8);
                return text.ReadToEnd();
            }

            error = $"{path} has {Math.Max(file.Length, length)} bytes, {MaxBytes} are allowed";
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or ArgumentException
            or NotSupportedException)
        {
            error = $"{path} can't be read: {unreadable.Message}";
        }

        return null;
    }

    // Opening a named pipe would wait until somebody writes into it.
    private static FileStream Open(string path)
    {
        if (!OperatingSystem.IsLinux() || path.Length == 0 || Directory.Exists(path)) return File.OpenRead(path);
        var handle = OpenAtOnce(path, ReadAtOnce);
        // Where it fails, the usual way says why.
        return handle < 0 ? File.OpenRead(path) : new FileStream(new SafeFileHandle(handle, ownsHandle: true), FileAccess.Read);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenAtOnce(string path, int flags);
}
