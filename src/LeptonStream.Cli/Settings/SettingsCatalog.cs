using System.Collections;
using System.ComponentModel;
using System.Globalization;
using System.Reflection;
using LeptonStream.Cli.Api;
using LeptonStream.Cli.Health;
using LeptonStream.Collector;
using LeptonStream.Collector.Edge;
using LeptonStream.Dashboard;
using LeptonStream.Detector;
using LeptonStream.Kafka;
using LeptonStream.Notifier;
using LeptonStream.Storage;
using LeptonStream.Yaml;

namespace LeptonStream.Cli.Settings;

/// <summary>
/// Every setting there is, taken from the options types themselves. The configuration system ignores a key that nothing reads;
/// here a misspelt one is named, with those that exist.
/// </summary>
internal static class SettingsCatalog
{
    // Asked for one by one: a role loads the options of others only where they are set.
    private static readonly Dictionary<string, Func<Type?>> Sections = new(StringComparer.OrdinalIgnoreCase)
    {
        [KafkaOptions.Section] = () => typeof(KafkaOptions),
        [StorageOptions.Section] = () => typeof(StorageOptions),
        [CollectorOptions.Section] = () => typeof(CollectorOptions),
        [EdgeOptions.Section] = () => typeof(EdgeOptions),
        [DetectorOptions.Section] = () => typeof(DetectorOptions),
        [NotifierOptions.Section] = () => typeof(NotifierOptions),
        [DashboardOptions.Section] = () => typeof(DashboardOptions),
        [HealthOptions.Section] = () => typeof(HealthOptions),
        [ApiOptions.Section] = () => typeof(ApiOptions),

        // Any category may stand under it.
        ["Logging"] = () => null,
    };

    /// <summary>The error of a setting, in one sentence; null where it exists and its value can be read.</summary>
    public static string? Check(string setting, string? value)
    {
        var parts = setting.Split(':');
        if (!Sections.TryGetValue(parts[0], out var section))
            return $"{setting} is unknown: the sections are {string.Join(", ", Sections.Keys)}{NearestName.Hint(parts[0], Sections.Keys)}";
        if (section() is not { } type) return null;
        for (var depth = 1; depth < parts.Length; depth++)
        {
            if (Below(type, parts[depth]) is not { } inner)
                return $"{setting} is unknown: {string.Join(':', parts[..depth])} has {string.Join(", ", Names(type))}"
                    + NearestName.Hint(parts[depth], Names(type));
            type = inner;
        }

        if (!IsValue(type)) return value is null ? null : $"{setting} is '{value}': it is a section with {string.Join(", ", Names(type))}";
        return value is null || CanRead(type, value) ? null : $"{setting} is '{value}': it must be {Allowed(type)}";
    }

    private static Type? Below(Type type, string key)
    {
        if (ElementOf(type) is { } element) return element;
        return IsValue(type) ? null : Properties(type)
            .FirstOrDefault(p => p.Name.Equals(key, StringComparison.OrdinalIgnoreCase))?.PropertyType;
    }

    private static IEnumerable<string> Names(Type type) =>
        IsValue(type) || ElementOf(type) is not null ? ["no settings below it"] : Properties(type).Select(p => p.Name);

    private static IEnumerable<PropertyInfo> Properties(Type type) => type.GetProperties().Where(p => p.CanWrite);

    // A list has entries 0, 1, …, a dictionary any names.
    private static Type? ElementOf(Type type)
    {
        if (type == typeof(string) || !typeof(IEnumerable).IsAssignableFrom(type)) return null;
        return type.IsArray ? type.GetElementType() : type.GetGenericArguments()[^1];
    }

    private static bool IsValue(Type type) =>
        ElementOf(type) is null && TypeDescriptor.GetConverter(Nullable.GetUnderlyingType(type) ?? type).CanConvertFrom(typeof(string));

    private static bool CanRead(Type type, string value)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string)) return true;
        try
        {
            var read = TypeDescriptor.GetConverter(type).ConvertFromInvariantString(value);
            return !type.IsEnum || Enum.IsDefined(type, read!);
        }
        catch (Exception wrong) when (wrong is FormatException or ArgumentException or OverflowException or NotSupportedException)
        {
            return false;
        }
    }

    private static string Allowed(Type type) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        { IsEnum: true } words => string.Join(", ", Enum.GetNames(words)),
        var t when t == typeof(bool) => "true or false",
        var t when t == typeof(int) || t == typeof(long) => "a whole number",
        var t when t == typeof(double) => string.Create(CultureInfo.InvariantCulture, $"a number such as {0.5}"),
        var t when t == typeof(TimeSpan) => "a time such as 00:00:30 (hours, minutes, seconds)",
        var t => $"a {t.Name}",
    };
}
