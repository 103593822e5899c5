using System.Data.Common;
using System.Globalization;
using System.Reflection;
using Dapper;

namespace LeptonStream.Storage;

/// <summary>
/// Brings the tables up to this program's version. The steps are the embedded files <c>Schema/NNNN_name.sql</c>, each applied once,
/// in order, all in one transaction under a lock: of several programs that start together one works and the others wait for it.
/// </summary>
public static class DatabaseSchema
{
    // Any number will do as long as no other program uses it on the same database: "lepton" in ASCII.
    private const long AdvisoryLock = 0x6c6570746f6e;

    // A step may build an index over years of events.
    private const int StepSeconds = 3600;

    private static readonly Step[] Steps = ReadSteps();

    /// <summary>The version that this program needs.</summary>
    public static int Version => Steps[^1].Version;

    /// <summary>Applies what is missing; returns how many steps that were.</summary>
    /// <exception cref="InvalidOperationException">The database is newer than this program.</exception>
    public static Task<int> Apply(Database database, CancellationToken cancellation = default) => database.Write(async transaction =>
    {
        var connection = transaction.Connection!;
        if (database.Kind == DatabaseKind.PostgreSql)
            await connection.ExecuteAsync("select pg_advisory_xact_lock(@AdvisoryLock)", new { AdvisoryLock }, transaction);
        await connection.ExecuteAsync("create table if not exists schema_version (version integer primary key, name text not null, "
            + "applied_at bigint not null)", transaction: transaction);

        var present = await connection.ExecuteScalarAsync<int?>("select max(version) from schema_version", transaction: transaction) ?? 0;
        if (present > Version)
            throw new InvalidOperationException($"{database.Name} has tables of version {present}, this program knows versions up to "
                + $"{Version}: start a newer program, or point Storage:ConnectionString to another database.");

        var missing = Steps.Where(step => step.Version > present).ToArray();
        foreach (var step in missing) await Apply(step, transaction);
        return missing.Length;
    }, cancellation);

    private static async Task Apply(Step step, DbTransaction transaction)
    {
        await transaction.Connection!.ExecuteAsync(step.Sql, transaction: transaction, commandTimeout: StepSeconds);
        await transaction.Connection!.ExecuteAsync(
            "insert into schema_version (version, name, applied_at) values (@Version, @Name, @now)",
            new { step.Version, step.Name, now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() }, transaction);
    }

    private static Step[] ReadSteps()
    {
        var assembly = Assembly.GetExecutingAssembly();
        Step[] steps = [.. assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith("schema/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name =>
            {
                using var text = new StreamReader(assembly.GetManifestResourceStream(name)!);
                var file = Path.GetFileNameWithoutExtension(name["schema/".Length..]);
                return new Step(int.Parse(file.AsSpan(0, 4), CultureInfo.InvariantCulture), file[5..], text.ReadToEnd());
            })];
        // Of two with one number the second would never be applied.
        return steps.Select(step => step.Version).SequenceEqual(Enumerable.Range(1, steps.Length)) ? steps
            : throw new InvalidOperationException($"steps of the schema: {string.Join(", ", steps.Select(step => step.Version))}");
    }

    private sealed record Step(int Version, string Name, string Sql);
}
