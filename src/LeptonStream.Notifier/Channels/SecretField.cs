using LeptonStream.Yaml;

namespace LeptonStream.Notifier.Channels;

/// <summary>A field that may also be given by a file: <c>FIELD</c> or <c>FIELD_file</c>, not both.</summary>
internal static class SecretField
{
    /// <summary>Reads it.</summary>
    /// <returns>
    /// The section, the field that was given and its text (null where the file can't be read, which is reported); null where neither is.
    /// </returns>
    public static (YamlSection Section, string Field, string? Text)? Read(YamlSection? section, string field)
    {
        if (section is null) return null;
        var (text, file) = (section.Text(field), section.Text(field + "_file"));
        if (text is not null && file is not null) section.Wrong(field, $"stands beside {field}_file: only one of them may");
        if (text is not null) return (section, field, text);
        if (file is null) return null;
        field += "_file";
        try
        {
            return (section, field, File.ReadAllText(file).Trim());
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            section.Wrong(field, $"can't be read: {unreadable.Message}");
            return (section, field, null);
        }
    }
}
