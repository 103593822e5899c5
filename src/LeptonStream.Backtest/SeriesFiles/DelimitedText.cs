using System.Globalization;
using System.IO.Compression;
using CsvHelper;
using CsvHelper.Configuration;

namespace LeptonStream.Backtest.SeriesFiles;

/// <summary>A text file of fields (RFC 4180, quotes and all), as it is or packed with gzip.</summary>
internal static class DelimitedText
{
    private const string Packed = ".gz";

    // In order of preference where a header holds none or as many of each.
    private static readonly string[] Delimiters = [",", ";", "\t"];

    /// <summary>The file's name without its folder and extensions.</summary>
    public static string NameOf(string path) => Path.GetFileNameWithoutExtension(Unpacked(path));

    /// <summary>The path as it would be without <c>.gz</c>.</summary>
    public static string Unpacked(string path) => path.EndsWith(Packed, StringComparison.OrdinalIgnoreCase) ? path[..^Packed.Length] : path;

    /// <summary>Whether a file is one of these by its name.</summary>
    public static bool IsNamedSo(string path) => Path.GetExtension(Unpacked(path)).ToUpperInvariant() is ".CSV" or ".TSV";

    /// <summary>The first line: its fields, and the delimiter of the file.</summary>
    /// <exception cref="InvalidDataException">The file is empty or can't be unpacked.</exception>
    public static (string[] Fields, string Delimiter) Header(string path)
    {
        using var text = Open(path);
        var line = Guard(path, text.ReadLine) ?? throw new InvalidDataException($"{path} is empty");
        // A delimiter in quotes belongs to a name.
        var names = string.Concat(line.Split('"').Where((_, i) => i % 2 == 0));
        var delimiter = Delimiters.MaxBy(candidate => names.Count(c => c == candidate[0]))!;
        using var csv = Parser(new StringReader(line), delimiter);
        csv.Read();
        return ([.. (csv.Record ?? []).Select(field => field.Trim())], delimiter);
    }

    /// <summary>The lines below the header that hold anything, with their numbers in the file; the header is line 1.</summary>
    /// <exception cref="InvalidDataException">The file can't be unpacked.</exception>
    public static IEnumerable<(int Line, string[] Fields)> Rows(string path, string delimiter)
    {
        using var text = Open(path);
        using var csv = Parser(text, delimiter);
        if (!Guard(path, csv.Read)) yield break;
        while (Guard(path, csv.Read))
            if (!Array.TrueForAll(csv.Record!, string.IsNullOrWhiteSpace)) yield return (csv.RawRow, csv.Record!);
    }

    private static CsvParser Parser(TextReader text, string delimiter) =>
        new(text, new CsvConfiguration(CultureInfo.InvariantCulture)
            { Delimiter = delimiter, BadDataFound = null, IgnoreBlankLines = true });

    private static StreamReader Open(string path)
    {
        var file = File.OpenRead(path);
        return new(path.EndsWith(Packed, StringComparison.OrdinalIgnoreCase) ? new GZipStream(file, CompressionMode.Decompress) : file);
    }

    private static T Guard<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception broken) when (broken is InvalidDataException or CsvHelperException or EndOfStreamException)
        {
            throw new InvalidDataException($"{path} can't be read: {broken.GetBaseException().Message.ReplaceLineEndings(" ")}", broken);
        }
    }
}
