using System.Text.Json;
using LeptonStream.Samples;

namespace LeptonStream.Backtest.Training;

/// <summary>
/// A folder of training runs: one CSV file each, with <c>labels.json</c> (their faults) and <c>runs.json</c> (their facts) beside.
/// </summary>
internal sealed class TrainingFolder
{
    private const string Labels = "labels.json";
    private const string Runs = "runs.json";

    private readonly Dictionary<string, TrainingFault[]> _faults;
    private readonly Dictionary<string, TrainingFacts> _facts;

    private TrainingFolder(string path)
    {
        _faults = Read(Path.Combine(path, Labels), faults => faults.EnumerateArray().Select(FaultOf).ToArray());
        _facts = Read(Path.Combine(path, Runs), FactsOf);
    }

    /// <summary>The folder of a file, or null where it is none of training runs.</summary>
    /// <exception cref="InvalidDataException">One of its lists can't be read.</exception>
    public static TrainingFolder? Of(string file)
    {
        var path = Path.GetDirectoryName(Path.GetFullPath(file))!;
        return File.Exists(Path.Combine(path, Labels)) && File.Exists(Path.Combine(path, Runs)) ? new(path) : null;
    }

    /// <summary>Whether a run of that name is listed, and what is listed of it.</summary>
    public bool TryGet(string run, out IReadOnlyList<TrainingFault> faults, out TrainingFacts facts)
    {
        faults = _faults.GetValueOrDefault(run, []);
        return _facts.TryGetValue(run, out facts!) && _faults.ContainsKey(run);
    }

    private static TrainingFault FaultOf(JsonElement fault) => new(
        fault.GetProperty("kind").GetString()!,
        Milliseconds(fault.GetProperty("onset_ts_ms")),
        fault.TryGetProperty("end_ts_ms", out var end) ? Milliseconds(end) : null,
        [.. fault.GetProperty("metrics_affected").EnumerateArray().Select(m => m.GetString()!)],
        fault.GetProperty("severity").GetString()!);

    private static TrainingFacts FactsOf(JsonElement run) => new(
        TimeSpan.FromMilliseconds(run.GetProperty("median_step_ms").GetDouble()),
        run.GetProperty("finished_ts_ms") is { ValueKind: JsonValueKind.Number } finished ? Milliseconds(finished) : null,
        Milliseconds(run.GetProperty("replay_until_ts_ms")));

    private static Timestamp Milliseconds(JsonElement number) => Timestamp.FromUnixMilliseconds(number.GetInt64());

    private static Dictionary<string, T> Read<T>(string path, Func<JsonElement, T> read)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path));
            return json.RootElement.EnumerateObject().ToDictionary(run => run.Name, run => read(run.Value), StringComparer.Ordinal);
        }
        catch (Exception wrong) when (wrong is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException($"{path} is no list of training runs: {wrong.Message}", wrong);
        }
    }
}
