using System.Data.Common;
using System.Reflection;
using Dapper;

namespace LeptonStream.Storage;

/// <summary>Statements of one transaction, each on the transaction's own connection.</summary>
public static class TransactionStatements
{
    private const int StatementsPerBatch = 500;

    public static async Task<IReadOnlyList<T>> Query<T>(this DbTransaction transaction, string sql, object? parameters = null) =>
        (await transaction.Connection!.QueryAsync<T>(sql, parameters, transaction)).AsList();

    /// <summary>Runs a statement; returns the number of rows it touched.</summary>
    public static Task<int> Execute(this DbTransaction transaction, string sql, object? parameters = null) =>
        transaction.Connection!.ExecuteAsync(sql, parameters, transaction);

    /// <summary>Runs a statement once for each row, whose properties are its parameters; all rows are of one type.</summary>
    public static async Task ExecuteEach(this DbTransaction transaction, string sql, IEnumerable<object> rows)
    {
        // A server takes many statements in one exchange; in a file there is no exchange to save.
        if (!transaction.Connection!.CanCreateBatch)
        {
            await transaction.Connection.ExecuteAsync(sql, rows, transaction);
            return;
        }

        foreach (var chunk in rows.Chunk(StatementsPerBatch))
        {
            var properties = chunk[0].GetType().GetProperties(BindingFlags.Instance | BindingFlags.Public);
            await using var batch = transaction.Connection.CreateBatch();
            batch.Transaction = transaction;
            foreach (var row in chunk)
            {
                var command = batch.CreateBatchCommand();
                command.CommandText = sql;
                foreach (var property in properties)
                {
                    var parameter = command.CreateParameter();
                    parameter.ParameterName = property.Name;
                    parameter.Value = property.GetValue(row) ?? DBNull.Value;
                    command.Parameters.Add(parameter);
                }

                batch.BatchCommands.Add(command);
            }

            await batch.ExecuteNonQueryAsync();
        }
    }
}
