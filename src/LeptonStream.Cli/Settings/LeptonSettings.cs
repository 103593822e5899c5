using System.Collections;
using System.CommandLine;
using System.Text.Json;
using LeptonStream.Cli.CommandLine;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace LeptonStream.Cli.Settings;

/// <summary>
/// The settings of this run: the file, over it the environment (<c>LEPTON_Kafka__BootstrapServers</c>), over that the flags.
/// Errors are collected, so that all of them can be reported at once.
/// </summary>
internal sealed class LeptonSettings
{
    private const string Prefix = "LEPTON_";
    private const string DefaultFile = "appsettings.json";

    private readonly Dictionary<string, string?> _values = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _wrong = [];

    // Where the file sets what holds: file and line.
    private readonly Dictionary<string, string> _places = new(StringComparer.OrdinalIgnoreCase);

    private LeptonSettings()
    {
    }

    public IConfiguration Configuration { get; private set; } = null!;

    /// <summary>The settings file that was read, or null.</summary>
    public string? File { get; private set; }

    public static LeptonSettings Load(ParseResult parsed)
    {
        var settings = new LeptonSettings();
        settings.AddFile(parsed.GetValue(SettingsFlags.Config)?.FullName);
        settings.AddEnvironment(Environment.GetEnvironmentVariables());
        foreach (var (flag, setting, value) in SettingsFlags.Read(parsed)) settings.Add(flag, setting, value, isSet: value is not null);
        return settings.Build();
    }

    /// <summary>The settings of a file alone, whatever the environment says.</summary>
    public static LeptonSettings LoadFile(string path)
    {
        var settings = new LeptonSettings();
        settings.AddFile(path);
        return settings.Build();
    }

    /// <summary>Also asks the options that <paramref name="register"/> registers whether they accept their values.</summary>
    /// <exception cref="WrongUsageException">Something is wrong; it holds all of it.</exception>
    public void Check(Action<IServiceCollection> register)
    {
        var services = new ServiceCollection();
        register(services);
        using var provider = services.BuildServiceProvider();
        try
        {
            provider.GetService<IStartupValidator>()?.Validate();
        }
        catch (OptionsValidationException one)
        {
            _wrong.AddRange(one.Failures.Select(Placed));
        }
        catch (AggregateException several)
        {
            _wrong.AddRange(several.InnerExceptions.OfType<OptionsValidationException>().SelectMany(wrong => wrong.Failures)
                .Select(Placed));
        }

        if (_wrong.Count > 0) throw new WrongUsageException([.. _wrong.Distinct()]);
    }

    private LeptonSettings Build()
    {
        Configuration = new ConfigurationBuilder().AddInMemoryCollection(_values).Build();
        return this;
    }

    // A failure begins with the setting that it is about.
    private string Placed(string failure)
    {
        var end = failure.AsSpan().IndexOfAny(' ', ',');
        return end > 0 && _places.TryGetValue(failure[..end].TrimEnd(':'), out var place) ? $"{place}: {failure}" : failure;
    }

    private void AddFile(string? path)
    {
        if (path is null && !System.IO.File.Exists(DefaultFile)) return;
        var name = path ?? DefaultFile;
        if (!System.IO.File.Exists(name))
        {
            _wrong.Add($"--config {name}: there is no such file");
            return;
        }

        IConfigurationRoot file;
        IReadOnlyDictionary<string, int> lines;
        try
        {
            lines = JsonLines.Of(System.IO.File.ReadAllBytes(name));
            file = new ConfigurationBuilder().AddJsonFile(Path.GetFullPath(name), optional: false, reloadOnChange: false).Build();
        }
        catch (Exception wrong) when (wrong is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            var cause = (wrong.InnerException ?? wrong).GetBaseException();
            var line = cause is JsonException { LineNumber: { } number } ? $":{number + 1}:" : "";
            _wrong.Add($"{name}{line} can't be read: {cause.Message.ReplaceLineEndings(" ")}");
            return;
        }

        File = name;
        foreach (var (setting, value) in file.AsEnumerable())
        {
            if (value is null && file.GetSection(setting).GetChildren().Any()) continue;
            var place = lines.TryGetValue(setting, out var line) ? $"{name}:{line}" : name;
            _places[setting] = place;
            Add(place, setting, value, isSet: true);
        }
    }

    private void AddEnvironment(IDictionary variables)
    {
        foreach (var name in variables.Keys.Cast<string>().Order(StringComparer.Ordinal))
        {
            // Other programs have variables that begin so too, and so do services that Kubernetes announces; a setting has a section.
            if (name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) && name.Contains("__", StringComparison.Ordinal))
                Add(name, name[Prefix.Length..].Replace("__", ":"), (string?)variables[name], isSet: true);
        }
    }

    private void Add(string source, string setting, string? value, bool isSet)
    {
        if (!isSet) _wrong.Add($"{source} {setting}: write Section:Key=value");
        else if (SettingsCatalog.Check(setting, value) is { } wrong) _wrong.Add($"{source}: {wrong}");
        else if (value is not null)
        {
            _values[setting] = value;
            if (_places.TryGetValue(setting, out var place) && place != source) _places.Remove(setting);
        }
    }
}
