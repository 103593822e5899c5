using System.Data.Common;
using LeptonStream.Storage;

namespace LeptonStream.Notifier.Journal;

/// <summary>The counters of the journal. Who has locked one numbers rows in the order of commits.</summary>
internal static class Counters
{
    /// <summary>Locks a counter until the commit, and reads it.</summary>
    public static async Task<long> Lock(Database database, DbTransaction transaction, string name) =>
        (await transaction.Query<long>($"select value from counter where name = @name {database.ForUpdate}", new { name })).Single();

    /// <summary>Sets a counter that is locked.</summary>
    public static Task<int> Set(DbTransaction transaction, string name, long value) =>
        transaction.Execute("update counter set value = @value where name = @name", new { name, value });
}
