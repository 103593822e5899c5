using System.Data.Common;
using Dapper;

namespace LeptonStream.Storage;

/// <summary>Statements of one transaction, each on the transaction's own connection.</summary>
public static class TransactionStatements
{
    public static async Task<IReadOnlyList<T>> Query<T>(this DbTransaction transaction, string sql, object? parameters = null) =>
        (await transaction.Connection!.QueryAsync<T>(sql, parameters, transaction)).AsList();

    /// <summary>Runs a statement once, or once for each element where <paramref name="parameters"/> is a sequence; returns the number of rows it touched.</summary>
    public static Task<int> Execute(this DbTransaction transaction, string sql, object? parameters = null) =>
        transaction.Connection!.ExecuteAsync(sql, parameters, transaction);
}
