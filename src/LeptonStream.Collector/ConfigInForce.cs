using LeptonStream.Collector.Intake;
using LeptonStream.Collector.Mapping;
using LeptonStream.Reload;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LeptonStream.Collector;

/// <summary>
/// The settings of collector.yaml. A changed file is taken up while the role runs; one that is wrong is refused, and the settings stay as
/// they are. Used by the worker's thread only, but for <see cref="Reload"/>.
/// </summary>
internal sealed partial class ConfigInForce : IReloadable
{
    private readonly WatchedFile? _file;
    private readonly IntakeMapping _mapping;
    private readonly ILogger<ConfigInForce> _logger;

    public ConfigInForce(IOptions<CollectorOptions> options, IntakeMapping mapping, TimeProvider time, ILogger<ConfigInForce> logger)
    {
        (_mapping, _logger) = (mapping, logger);
        if (options.Value.ConfigFile is not { Length: > 0 } path) return;
        _file = new(path, time);
        // The options are checked: the file was sound a moment ago.
        Read(_file);
    }

    /// <summary>The settings.</summary>
    public CollectorConfig Current { get; private set; } = CollectorConfig.Default;

    /// <summary>Reason in plain words for which the present file is not in force; null where it is.</summary>
    public string? Refusal => _file?.Refusal;

    /// <summary>Looks at the file from time to time, and takes it up where it has changed.</summary>
    /// <returns>Whether the settings have changed.</returns>
    public bool Refresh() => _file?.IsDue() is true && Read(_file);

    /// <inheritdoc/>
    public Task Reload(CancellationToken cancellation)
    {
        _file?.Ask();
        return Task.CompletedTask;
    }

    private bool Read(WatchedFile file)
    {
        if (CollectorFile.Read(file.Path, out var errors) is not { } config)
        {
            file.Refuse($"the changed settings in {file.Path} are refused, those before stay in force: {errors[0]}");
            Log.Refused(_logger, file.Path, string.Join("; ", errors));
            return false;
        }

        file.Accept();
        Current = config;
        _mapping.Adopt(config);
        Log.InForce(_logger, file.Path, config.Topics.Count, config.Scrapes.Count);
        return true;
    }

    private static partial class Log
    {
        [LoggerMessage(5001, LogLevel.Information, "Settings of {File} in force (source topics: {Topics}, scrape jobs: {Jobs})")]
        public static partial void InForce(ILogger logger, string file, int topics, int jobs);

        [LoggerMessage(5002, LogLevel.Error, "Changed settings file {File} refused, the settings stay as they are: {Errors}")]
        public static partial void Refused(ILogger logger, string file, string errors);
    }
}
