using System.IO.Enumeration;
using LeptonStream.Yaml;

namespace LeptonStream.Notifier.Templates;

/// <summary>Reads the files of templates that a routing file names.</summary>
internal static class TemplateFiles
{
    private const string Field = "templates";
    private const int MaxFiles = 200;

    /// <summary>Reads the files.</summary>
    /// <param name="document">The routing file; gets what is wrong.</param>
    /// <param name="directory">Its directory, from which paths lead.</param>
    public static TemplateLibrary Read(YamlSection document, string directory)
    {
        var library = new TemplateLibrary();
        foreach (var (pattern, line) in document.Texts(Field) ?? [])
        {
            if (Matching(pattern, directory) is not { } files)
                document.Wrong(line, Field, $"has '{pattern}': only the name of the file may hold * or ?");
            else if (files.Length == 0) document.Note(Field, $"has '{pattern}', which matches no file");
            else if (files.Length > MaxFiles) document.Wrong(line, Field, $"has '{pattern}', which matches more than {MaxFiles} files");
            else foreach (var file in files) Add(library, document, line, file);
        }

        foreach (var (file, name, line) in library.Missing)
            document.Wrong(Field, $"has {file}:{line}, which calls the template '{name}', which there is not");
        foreach (var name in library.Names.Where(name => name.Contains(".default.", StringComparison.Ordinal)))
            document.Note(Field, $"defines '{name}', which holds where a field calls it; a field that is left out has the built-in text");
        return library;
    }

    private static void Add(TemplateLibrary library, YamlSection document, int line, string file)
    {
        if (YamlText.Read(file, out var unreadable) is not { } text)
        {
            document.Wrong(line, Field, $"has a file that can't be read: {unreadable}");
            return;
        }

        try
        {
            library.Add(file, text);
        }
        catch (TemplateFault fault)
        {
            document.Wrong(line, Field, $"has {file}:{fault.Line}, which {fault.Message}");
        }
    }

    // In the order of their names, so that of two definitions the same one holds everywhere.
    private static string[]? Matching(string pattern, string directory)
    {
        var path = Path.GetFullPath(Path.Combine(directory, pattern));
        var (folder, name) = (Path.GetDirectoryName(path)!, Path.GetFileName(path));
        if (folder.AsSpan().ContainsAny('*', '?')) return null;
        // A folder that must not be listed has no files for us.
        return !Directory.Exists(folder) ? [] : [.. Directory.EnumerateFiles(folder, "*", new EnumerationOptions())
            .Where(file => FileSystemName.MatchesSimpleExpression(name, Path.GetFileName(file), ignoreCase: false))
            .Order(StringComparer.Ordinal)];
    }
}
