using LeptonStream.Detection.Policies;
using LeptonStream.Policies;
using LeptonStream.Reload;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LeptonStream.Detector.Policies;

/// <summary>
/// The policies in force, and the watch over their file. A changed file that is wrong is logged and counted, and the policies stay as they
/// were. Used by all loops: whichever looks at the file first reads it for all of them.
/// </summary>
internal sealed partial class PolicySource : IReloadable
{
    private readonly Lock _turn = new();
    private readonly WatchedFile? _file;
    private readonly TimeProvider _time;
    private List<WatchedFile> _calendars = [];
    private readonly DetectorMetrics _metrics;
    private readonly ILogger _logger;
    private volatile PoliciesInForce _current = PoliciesInForce.Default;

    public PolicySource(IOptions<DetectorOptions> options, DetectorMetrics metrics, TimeProvider time, ILogger<PolicySource> logger)
    {
        _metrics = metrics;
        _logger = logger;
        _time = time;
        if (options.Value.PoliciesFile is not { Length: > 0 } path) return;
        _file = new(path, time);
        _current = Read(path, out var errors, out var notes, out var calendars)
            ?? throw new InvalidOperationException(string.Join("; ", errors));
        _calendars = [.. calendars.Select(calendar => new WatchedFile(calendar, time))];
        LogNotes(notes);
    }

    /// <summary>The policies that a loop is to judge by once it is settled.</summary>
    public PoliciesInForce Current => _current;

    /// <summary>Reason in plain words for which the present file is not in force; null where it is.</summary>
    public string? Refusal => _file?.Refusal;

    /// <summary>Looks at the file from time to time, and takes its policies where it has changed.</summary>
    public void Refresh()
    {
        // Where another loop is at it, this one goes on and finds its result in the next round.
        if (_file is null || !_turn.TryEnter()) return;
        try
        {
            // All of them are asked, so that a change of several is one.
            var isDue = _file.IsDue();
            foreach (var calendar in _calendars) isDue |= calendar.IsDue();
            if (isDue) Adopt(_file);
        }
        finally
        {
            _turn.Exit();
        }
    }

    /// <summary>Lets a loop read the file before its next batch, changed or not.</summary>
    public Task Reload(CancellationToken cancellation)
    {
        if (_file is null) Log.NothingToRead(_logger);
        else _file.Ask();
        return Task.CompletedTask;
    }

    private void Adopt(WatchedFile file)
    {
        var policies = Read(file.Path, out var errors, out var notes, out var calendars);
        Watch(calendars);
        if (policies is null)
        {
            _metrics.PoliciesRead(isValid: false);
            file.Refuse($"the changed policies in {file.Path} are refused, those before stay in force: {errors[0]}");
            Log.Refused(_logger, string.Join("; ", errors), Current.Set.Fingerprint);
            return;
        }

        file.Accept();
        _metrics.PoliciesRead(isValid: true);
        Log.Adopted(_logger, policies.Set.Fingerprint, policies.Set.Rules.Count, file.Path);
        LogNotes(notes);
        if (policies.Set.Fingerprint != Current.Set.Fingerprint) _current = policies;
    }

    // Also those of a file that is refused: it is right as soon as they are.
    private void Watch(IReadOnlyList<string> calendars)
    {
        if (calendars.SequenceEqual(_calendars.Select(calendar => calendar.Path))) return;
        _calendars = [.. calendars.Select(calendar => new WatchedFile(calendar, _time))];
    }

    private static PoliciesInForce? Read(string path, out IReadOnlyList<string> errors, out IReadOnlyList<string> notes,
        out IReadOnlyList<string> calendars) =>
        PolicyFile.Read(path, out errors, out notes, out var text, out calendars) is { } set ? new(set, text) : null;

    private void LogNotes(IReadOnlyList<string> notes)
    {
        foreach (var note in notes) Log.Note(_logger, note);
    }

    private static partial class Log
    {
        [LoggerMessage(1080, LogLevel.Information, "Policies {Fingerprint} of {File} in force (rules: {Rules})")]
        public static partial void Adopted(ILogger logger, string fingerprint, int rules, string file);

        [LoggerMessage(1081, LogLevel.Error, "Changed policies refused, {Fingerprint} stay in force: {Errors}")]
        public static partial void Refused(ILogger logger, string errors, string fingerprint);

        [LoggerMessage(1082, LogLevel.Warning, "Policy rule: {Note}")]
        public static partial void Note(ILogger logger, string note);

        [LoggerMessage(1083, LogLevel.Warning,
            "Policies not read again: Detector:PoliciesFile is not set, and settings are read at start only")]
        public static partial void NothingToRead(ILogger logger);
    }
}
