using LeptonStream.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace LeptonStream.Roles.Tests.Storage;

public sealed class StorageRegistrationTests
{
    [TestCase("Data Source=lepton.db", DatabaseKind.Sqlite)]
    [TestCase("Host=db;Port=5433;Database=lepton;Username=u;Password=secret", DatabaseKind.PostgreSql)]
    [TestCase("Server=db;Database=lepton", DatabaseKind.PostgreSql)]
    public async Task AddStorage_ConnectionString_DecidesTheKind(string connectionString, DatabaseKind kind)
    {
        await using var services = Build(connectionString);

        var database = services.GetRequiredService<Database>();

        Assert.That(database.Kind, Is.EqualTo(kind));
        Assert.That(database.Name, Does.Not.Contain("secret"));
    }

    [TestCase("")]
    [TestCase("nonsense")]
    [TestCase("Database=lepton")]
    [TestCase("Data Source=:memory:")]
    [TestCase("Data Source=a.db;Mode=Memory")]
    [TestCase("Host=db;Datebase=lepton")]
    [TestCase("Data Source=a.db;Tiemout=1")]
    public async Task AddStorage_WrongConnectionString_IsRefusedByName(string connectionString)
    {
        await using var services = Build(connectionString);

        Assert.That(() => services.GetRequiredService<IOptions<StorageOptions>>().Value,
            Throws.InstanceOf<OptionsValidationException>().With.Message.StartsWith("Storage:ConnectionString: "));
    }

    // They may hold a secret, which is not repeated.
    [TestCase("X")]
    [TestCase("postgresql://lepton:secret@db/journal")]
    [TestCase("Database=secret")]
    public async Task AddStorage_NoConnectionString_SaysHowOneIsWritten(string connectionString)
    {
        await using var services = Build(connectionString);

        Assert.That(() => services.GetRequiredService<IOptions<StorageOptions>>().Value, Throws.InstanceOf<OptionsValidationException>()
            .With.Message.Contains("'Data Source=lepton.db' for SQLite").And.Message.Not.Contains("secret"));
    }

    private static ServiceProvider Build(string connectionString) => new ServiceCollection()
        .AddStorage(new ConfigurationBuilder().AddInMemoryCollection([new("Storage:ConnectionString", connectionString)]).Build())
        .BuildServiceProvider();
}
