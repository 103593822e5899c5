namespace LeptonStream.Storage;

/// <summary>Settings of the notifier's journal; section <c>Storage</c>.</summary>
public sealed class StorageOptions
{
    /// <summary>The name of the section.</summary>
    public const string Section = "Storage";

    /// <summary>
    /// An ADO.NET connection string. One with <c>Host=</c> means PostgreSQL, one with <c>Data Source=</c> SQLite.
    /// The default is a SQLite file in the working folder.
    /// </summary>
    public string ConnectionString { get; set; } = "Data Source=lepton.db";
}
