using System.IO.Hashing;
using System.Text;
using LeptonStream.Detection.Policies;
using LeptonStream.Policies;
using LeptonStream.Reload;
using LeptonStream.Yaml;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LeptonStream.Detector.Policies;

/// <summary>
/// The policies in force, and the watch over their file. What is wrong with a changed file is logged and counted, and the policies stay as
/// they were. Used by the worker's thread only, but for <see cref="Reload"/>.
/// </summary>
internal sealed partial class PolicySource : IReloadable
{
    private static readonly TimeSpan CheckEvery = TimeSpan.FromSeconds(2);

    private readonly string? _file;
    private readonly DetectorMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private long _checked;

    // What the file held when it was looked at last, and what of it has been dealt with.
    private UInt128 _seen;
    private UInt128 _done;
    private int _isAsked;

    public PolicySource(IOptions<DetectorOptions> options, DetectorMetrics metrics, TimeProvider time, ILogger<PolicySource> logger)
    {
        _file = options.Value.PoliciesFile is { Length: > 0 } file ? file : null;
        _metrics = metrics;
        _time = time;
        _logger = logger;
        _checked = time.GetTimestamp();
        if (_file is null) return;
        _seen = _done = HashOf(_file);
        Current = PolicyFile.Read(_file, out var errors, out var notes) ?? throw new InvalidOperationException(string.Join("; ", errors));
        Tell(notes);
    }

    public PolicySet Current { get; private set; } = PolicySet.Default;

    /// <summary>Looks at the file from time to time. True where it has changed and what it says now is in force.</summary>
    public bool Refresh()
    {
        if (_file is not null && Interlocked.Exchange(ref _isAsked, 0) == 1)
        {
            _seen = HashOf(_file);
            return Adopt(_file);
        }

        if (_file is null || _time.GetElapsedTime(_checked) < CheckEvery) return false;
        _checked = _time.GetTimestamp();
        var before = _seen;
        _seen = HashOf(_file);
        // A file that is being written is looked at again: only what stands there twice is read.
        return _seen != _done && _seen == before && Adopt(_file);
    }

    /// <summary>Lets the worker read the file before its next batch, changed or not.</summary>
    public Task Reload(CancellationToken cancellation)
    {
        if (_file is null) Log.NothingToRead(_logger);
        else Volatile.Write(ref _isAsked, 1);
        return Task.CompletedTask;
    }

    private bool Adopt(string file)
    {
        _done = _seen;
        if (PolicyFile.Read(file, out var errors, out var notes) is not { } policies)
        {
            _metrics.PoliciesRead(isValid: false);
            Log.Refused(_logger, string.Join("; ", errors), Current.Fingerprint);
            return false;
        }

        _metrics.PoliciesRead(isValid: true);
        Log.Adopted(_logger, policies.Fingerprint, policies.Rules.Count, file);
        Tell(notes);
        var isNew = policies.Fingerprint != Current.Fingerprint;
        if (isNew) Current = policies;
        return isNew;
    }

    private void Tell(IReadOnlyList<string> notes)
    {
        foreach (var note in notes) Log.Note(_logger, note);
    }

    // A file that can't be read is one more content, so that it is complained of once.
    private static UInt128 HashOf(string file)
    {
        var text = YamlText.Read(file, out var error);
        return XxHash128.HashToUInt128(Encoding.UTF8.GetBytes(text ?? error!));
    }

    private static partial class Log
    {
        [LoggerMessage(1080, LogLevel.Information, "Policies {Fingerprint} in force: {Rules} rules from {File}")]
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
