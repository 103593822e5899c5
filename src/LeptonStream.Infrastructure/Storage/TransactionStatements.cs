using System.Data.Common;
using System.Reflection;
using Dapper;

namespace LeptonStream.Storage;

/// <summary>Statements of one transaction, each on the transaction's own connection.</summary>
public static class TransactionStatements
{
    private const int StatementsPerBatch = 500;
    private const int RowsPerInsert = 1_000;

    public static async Task<IReadOnlyList<T>> Query<T>(this DbTransaction transaction, string sql, object? parameters = null) =>
        (await transaction.Connection!.QueryAsync<T>(sql, parameters, transaction)).AsList();

    /// <summary>Runs a statement; returns the number of rows it touched.</summary>
    public static Task<int> Execute(this DbTransaction transaction, string sql, object? parameters = null) =>
        transaction.Connection!.ExecuteAsync(sql, parameters, transaction);

    /// <inheritdoc cref="Database.AnyOf"/>
    public static string AnyOf(this DbTransaction transaction, string parameter) =>
        transaction.Connection!.CanCreateBatch ? $"= any({parameter})" : $"in {parameter}";

    /// <summary>
    /// Inserts rows, many with one statement where the server can. Their properties are the columns, in this order; all rows are of one
    /// type.
    /// </summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="into">Table and columns, such as <c>probe (kafka_partition, sent_at)</c>.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="onConflict">What follows the rows: an <c>on conflict</c> clause.</param>
    public static async Task InsertEach(this DbTransaction transaction, string into, IEnumerable<object> rows, string onConflict = "")
    {
        var chunks = rows.Chunk(RowsPerInsert).ToArray();
        if (chunks.Length == 0) return;
        var columns = ColumnsOf(chunks[0][0]);
        var names = columns.Select(column => "@" + column.Name);
        if (!transaction.Connection!.CanCreateBatch)
        {
            var each = $"insert into {into} values ({string.Join(", ", names)}) {onConflict}";
            foreach (var chunk in chunks) await transaction.Connection.ExecuteAsync(each, chunk, transaction);
            return;
        }

        // A column is one parameter, an array: a statement of ever the same form, which stays prepared.
        foreach (var chunk in chunks)
        {
            await using var command = transaction.Connection.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = $"insert into {into} select * from unnest({string.Join(", ", names)}) {onConflict}";
            foreach (var column in columns)
            {
                var values = Array.CreateInstance(column.PropertyType, chunk.Length);
                for (var row = 0; row < chunk.Length; row++) values.SetValue(column.GetValue(chunk[row]), row);
                var parameter = command.CreateParameter();
                parameter.ParameterName = column.Name;
                parameter.Value = values;
                command.Parameters.Add(parameter);
            }

            await command.ExecuteNonQueryAsync();
        }
    }

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
            var properties = ColumnsOf(chunk[0]);
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

    private static PropertyInfo[] ColumnsOf(object row) => row.GetType().GetProperties(BindingFlags.Instance | BindingFlags.Public);
}
