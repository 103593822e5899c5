namespace LeptonStream.Reload;

/// <summary>
/// A thing that is made of some files together, such as a certificate and its key, and made again where one of them changes. A change that
/// can't be used changes nothing: halves of a renewal are met by the next look. Any thread may ask.
/// </summary>
/// <typeparam name="T">The thing.</typeparam>
public sealed class WatchedFiles<T>
    where T : class
{
    private readonly WatchedFile[] _files;
    private readonly Func<T> _make;
    private readonly Lock _turn = new();
    private volatile T _current;
    private volatile string? _refusal;

    /// <param name="paths">The files; their changes are noticed by the content, so a link that is moved is one.</param>
    /// <param name="make">Makes the thing of the files as they are; an exception says why it can't.</param>
    /// <param name="time">The clock.</param>
    public WatchedFiles(IEnumerable<string> paths, Func<T> make, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(make);
        _files = [.. paths.Select(path => new WatchedFile(path, time))];
        _make = make;
        _current = make();
    }

    /// <summary>Reason for which the present files are not in force; null where they are.</summary>
    public string? Refusal => _refusal;

    /// <summary>The thing, after a look at the files where one is due.</summary>
    public T Current()
    {
        if (!_turn.TryEnter()) return _current;
        try
        {
            var isDue = false;
            foreach (var file in _files) isDue |= file.IsDue();
            if (isDue) MakeAgain();
        }
        finally
        {
            _turn.Exit();
        }

        return _current;
    }

    /// <summary>Lets the next <see cref="Current"/> make it again, changed or not.</summary>
    public void Ask()
    {
        foreach (var file in _files) file.Ask();
    }

    private void MakeAgain()
    {
        try
        {
            _current = _make();
            _refusal = null;
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            _refusal = failure.Message;
        }
    }
}
