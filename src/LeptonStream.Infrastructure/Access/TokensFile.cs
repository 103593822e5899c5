using LeptonStream.Reload;
using LeptonStream.Yaml;
using Microsoft.Extensions.Logging;

namespace LeptonStream.Access;

/// <summary>
/// The tokens in force. The file is read again where it changes, and on SIGHUP; one that is wrong changes nothing and is logged.
/// </summary>
public sealed partial class TokensFile : IReloadable
{
    private readonly WatchedFile? _file;
    private readonly ILogger<TokensFile> _logger;
    private readonly Lock _turn = new();
    private volatile AccessTokens _current = AccessTokens.None;

    /// <param name="path">Path of the file; null or empty for none. It was sound a moment ago: the settings are checked.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Learns which file is in force.</param>
    public TokensFile(string? path, TimeProvider time, ILogger<TokensFile> logger)
    {
        _logger = logger;
        if (path is not { Length: > 0 }) return;
        _file = new(path, time);
        Read(_file);
    }

    /// <summary>Whether the settings name a file.</summary>
    public bool IsSet => _file is not null;

    /// <summary>The tokens, after a look at the file where one is due.</summary>
    public AccessTokens Current()
    {
        if (_file is not null && _turn.TryEnter())
        {
            try
            {
                if (_file.IsDue()) Read(_file);
            }
            finally
            {
                _turn.Exit();
            }
        }

        return _current;
    }

    /// <inheritdoc/>
    public Task Reload(CancellationToken cancellation)
    {
        _file?.Ask();
        _ = Current();
        return Task.CompletedTask;
    }

    /// <summary>Reads a tokens file.</summary>
    /// <returns>The tokens, or null where anything is wrong.</returns>
    public static AccessTokens? Of(string path, out IReadOnlyList<string> errors)
    {
        if (YamlText.Read(path, out var unreadable) is { } text) return AccessTokens.Parse(text, path, out errors);
        errors = [unreadable!];
        return null;
    }

    private void Read(WatchedFile file)
    {
        if (Of(file.Path, out var errors) is { } tokens)
        {
            file.Accept();
            _current = tokens;
            Log.InForce(_logger, file.Path);
            return;
        }

        file.Refuse(errors[0]);
        Log.Refused(_logger, file.Path, string.Join("; ", errors));
    }

    private static partial class Log
    {
        [LoggerMessage(3010, LogLevel.Information, "Access tokens of {File} in force")]
        public static partial void InForce(ILogger logger, string file);

        [LoggerMessage(3011, LogLevel.Error, "Changed tokens file {File} refused, the tokens stay as they are: {Errors}")]
        public static partial void Refused(ILogger logger, string file, string errors);
    }
}
