namespace LeptonStream.Testing;

/// <summary>What runs the PostgreSQL of a <see cref="PostgresServer"/>.</summary>
internal interface IPostgresHost : IAsyncDisposable
{
    /// <summary>What the server printed last, for messages.</summary>
    string Output { get; }

    /// <summary>Starts the server unless it runs. It takes connections a little later.</summary>
    Task Run();

    /// <summary>Ends the server at once; its files stay.</summary>
    Task Kill();
}
