namespace LeptonStream.Reload;

/// <summary>Settings in a file that are read again on SIGHUP while the role runs.</summary>
public interface IReloadable
{
    /// <summary>Lets the role read the file again, changed or not, and log the result. A file that is wrong changes nothing.</summary>
    Task Reload(CancellationToken cancellation);
}
