using System.Data.Common;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Dapper;

namespace LeptonStream.Storage;

/// <summary>
/// Brings the tables up to this program's version. The steps are the embedded files <c>Schema/NNNN_name.sql</c>, each applied once,
/// in order, all in one transaction under a lock: of several programs that start together one works and the others wait for it.
/// </summary>
/// <remarks>
/// A step that only adds says in a line <c>-- Oldest program: N</c> which version a program must know to run on what the step leaves. The
/// table <c>schema_version</c> keeps it, so that an older program, after a rollback, knows whether it may run.
/// </remarks>
public static partial class DatabaseSchema
{
    // Any number will do as long as no other program uses it on the same database: "lepton" in ASCII.
    private const long AdvisoryLock = 0x6c6570746f6e;

    // A step may build an index over years of events.
    private const int StepSeconds = 3600;

    private static readonly Step[] Steps = ReadSteps();

    private static readonly string Program = Assembly.GetExecutingAssembly()
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>The version that this program needs.</summary>
    public static int Version => Steps[^1].Version;

    /// <summary>Applies what is missing; returns how many steps that were.</summary>
    /// <exception cref="InvalidOperationException">The database is newer than this program, which may not run on it.</exception>
    public static Task<int> Apply(Database database, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(database);
        database.MakeFile();
        return database.Write(transaction => Apply(database, transaction), cancellation);
    }

    private static async Task<int> Apply(Database database, DbTransaction transaction)
    {
        var connection = transaction.Connection!;
        if (database.Kind == DatabaseKind.PostgreSql)
            await connection.ExecuteAsync("select pg_advisory_xact_lock(@AdvisoryLock)", new { AdvisoryLock }, transaction);
        await connection.ExecuteAsync("create table if not exists schema_version (version integer primary key, name text not null, "
            + "applied_at bigint not null)", transaction: transaction);

        var present = await connection.ExecuteScalarAsync<int?>("select max(version) from schema_version", transaction: transaction) ?? 0;
        if (present > Version && await Refusal(connection, transaction) is { } refusal)
            throw new InvalidOperationException($"{database.Name} {refusal}");

        var missing = Steps.Where(step => step.Version > present).ToArray();
        foreach (var step in missing) await Apply(step, transaction);
        // Once all are applied: the columns themselves come with a step.
        await connection.ExecuteAsync(
            "update schema_version set oldest_program = @OldestProgram, program = @Program where version = @Version",
            missing.Select(step => new { step.OldestProgram, Program, step.Version }), transaction);
        return missing.Length;
    }

    /// <summary>Why this program may not run on tables that are newer than it, and the remedy; null where it may.</summary>
    /// <param name="connection">The database, whose tables have a version beyond <see cref="Version"/>.</param>
    /// <param name="transaction">The transaction; null for none.</param>
    public static async Task<string?> Refusal(DbConnection connection, DbTransaction? transaction = null)
    {
        var newer = (await connection.QueryAsync<NewerStep>(
            "select version as Version, coalesce(oldest_program, version) as OldestProgram, program as Program from schema_version "
            + "where version > @Version order by version", new { Version }, transaction)).AsList();
        if (newer.TrueForAll(step => step.OldestProgram <= Version)) return null;
        var maker = newer[^1].Program is { } program ? $"lepton {program}" : "a later lepton";
        return $"has tables of version {newer[^1].Version}, made by {maker}; this program, lepton {Program}, knows versions up to "
            + $"{Version}, and must know {newer.Max(step => step.OldestProgram)} to run on them: start {maker} again, restore the backup "
            + "from before the upgrade, or point Storage:ConnectionString to another database.";
    }

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
                return StepOf(int.Parse(file.AsSpan(0, 4), CultureInfo.InvariantCulture), file[5..], text.ReadToEnd());
            })];
        // Of two with one number the second would never be applied.
        return steps.Select(step => step.Version).SequenceEqual(Enumerable.Range(1, steps.Length)) ? steps
            : throw new InvalidOperationException($"steps of the schema: {string.Join(", ", steps.Select(step => step.Version))}");
    }

    // A step without that line changes what older programs rely on.
    private static Step StepOf(int version, string name, string sql) =>
        new(version, name, sql, OldestLine().Match(sql) is { Success: true } mark
            ? int.Parse(mark.Groups[1].Value, CultureInfo.InvariantCulture) : version);

    [GeneratedRegex(@"^-- Oldest program: (\d+)\r?$", RegexOptions.Multiline)]
    private static partial Regex OldestLine();

    private sealed record Step(int Version, string Name, string Sql, int OldestProgram);

    private sealed record NewerStep
    {
        public required int Version { get; init; }

        public required int OldestProgram { get; init; }

        public string? Program { get; init; }
    }
}
