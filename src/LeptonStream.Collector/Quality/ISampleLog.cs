using LeptonStream.Series;

namespace LeptonStream.Collector.Quality;

/// <summary>
/// The samples that all replicas of a collector have written. Each of them hears a part of the senders, and looks here before it says that
/// a message is missing.
/// </summary>
internal interface ISampleLog
{
    /// <summary>Reads the messages of models that were written since the last call.</summary>
    /// <param name="models">All models that may be asked for the next time.</param>
    /// <param name="wanted">Those that are asked for now.</param>
    /// <param name="stop">Ends the wait; the call itself may end later.</param>
    /// <returns>The messages; null where nothing can be read, or nothing is asked for.</returns>
    /// <exception cref="OperationCanceledException">It was asked to stop.</exception>
    Task<LogTail?> Look(IReadOnlyCollection<string> models, IReadOnlyCollection<string> wanted, CancellationToken stop);
}

/// <summary>No log: whoever has it hears all that there is.</summary>
internal sealed class NoSampleLog : ISampleLog
{
    public Task<LogTail?> Look(IReadOnlyCollection<string> models, IReadOnlyCollection<string> wanted, CancellationToken stop) =>
        Task.FromResult<LogTail?>(null);
}

/// <summary>The messages of some models in a part of the log: of each entity their number and the newest time.</summary>
internal sealed class LogTail
{
    private readonly Dictionary<string, Dictionary<SeriesId, (int Count, long Newest)>> _models = new(StringComparer.Ordinal);

    /// <summary>Adds a message.</summary>
    public void Add(string model, SeriesId entity, long time)
    {
        if (!_models.TryGetValue(model, out var entities)) _models.Add(model, entities = []);
        var (count, newest) = entities.GetValueOrDefault(entity, (0, long.MinValue));
        entities[entity] = (count + 1, Math.Max(newest, time));
    }

    /// <summary>The entities of a model.</summary>
    public IEnumerable<KeyValuePair<SeriesId, (int Count, long Newest)>> Of(string model) => _models.GetValueOrDefault(model) ?? [];
}
