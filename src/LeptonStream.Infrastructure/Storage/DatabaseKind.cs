namespace LeptonStream.Storage;

/// <summary>The databases that the journal runs on.</summary>
public enum DatabaseKind
{
    /// <summary>One file, one writer at a time: the embedded default.</summary>
    Sqlite = 0,

    /// <summary>PostgreSQL 13 or newer: for several notifiers and for production.</summary>
    PostgreSql = 1,
}
