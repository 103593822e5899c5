using System.Collections;
using System.CommandLine;
using LeptonStream.Cli.CommandLine;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace LeptonStream.Cli.Settings;

/// <summary>
/// The settings of this run: the file, over it the environment (<c>LEPTON_Kafka__BootstrapServers</c>), over that the flags.
/// What is wrong is collected, so that all of it can be told at once.
/// </summary>
internal sealed class LeptonSettings
{
    private const string Prefix = "LEPTON_";
    private const string DefaultFile = "appsettings.json";

    private readonly Dictionary<string, string?> _values = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _wrong = [];

    private LeptonSettings()
    {
    }

    public IConfiguration Configuration { get; private set; } = null!;

    public static LeptonSettings Load(ParseResult parsed)
    {
        var settings = new LeptonSettings();
        settings.AddFile(parsed.GetValue(SettingsFlags.Config)?.FullName);
        settings.AddEnvironment(Environment.GetEnvironmentVariables());
        foreach (var (flag, setting, value) in SettingsFlags.Read(parsed)) settings.Add(flag, setting, value, isSet: value is not null);
        settings.Configuration = new ConfigurationBuilder().AddInMemoryCollection(settings._values).Build();
        return settings;
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
            _wrong.AddRange(one.Failures);
        }
        catch (AggregateException several)
        {
            _wrong.AddRange(several.InnerExceptions.OfType<OptionsValidationException>().SelectMany(wrong => wrong.Failures));
        }

        if (_wrong.Count > 0) throw new WrongUsageException([.. _wrong.Distinct()]);
    }

    private void AddFile(string? path)
    {
        if (path is null && !File.Exists(DefaultFile)) return;
        var name = path ?? DefaultFile;
        if (!File.Exists(name))
        {
            _wrong.Add($"--config {name}: there is no such file");
            return;
        }

        IConfigurationRoot file;
        try
        {
            file = new ConfigurationBuilder().AddJsonFile(Path.GetFullPath(name), optional: false, reloadOnChange: false).Build();
        }
        catch (Exception wrong) when (wrong is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            _wrong.Add($"{name} can't be read: {(wrong.InnerException ?? wrong).GetBaseException().Message.ReplaceLineEndings(" ")}");
            return;
        }

        foreach (var (setting, value) in file.AsEnumerable())
            if (value is not null || !file.GetSection(setting).GetChildren().Any()) Add(name, setting, value, isSet: true);
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
        else if (value is not null) _values[setting] = value;
    }
}
