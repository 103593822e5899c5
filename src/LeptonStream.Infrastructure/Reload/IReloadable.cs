namespace LeptonStream.Reload;

/// <summary>Settings in a file that are read again on SIGHUP while the role runs.</summary>
public interface IReloadable
{
    /// <summary>Reads the file again and logs what came of it. A file that is wrong changes nothing.</summary>
    Task Reload(CancellationToken cancellation);
}
