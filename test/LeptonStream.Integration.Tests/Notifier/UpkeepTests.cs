using System.Diagnostics.Metrics;
using LeptonStream.Notifier;
using LeptonStream.Notifier.Lifecycle;
using LeptonStream.Storage;
using LeptonStream.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using static LeptonStream.Integration.Tests.Notifier.JournalRig;

namespace LeptonStream.Integration.Tests.Notifier;

/// <summary>One step of the upkeep that fails holds up neither the others nor the notifications.</summary>
[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.PostgreSql)]
public sealed class UpkeepTests(DatabaseKind kind)
{
    [Test]
    public async Task Run_ATableOfOneStepIsGone_TheOthersAreDone()
    {
        await using var rig = await JournalRig.Create(kind);
        var journal = await rig.Open();
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var upkeep = new Upkeep(journal, new NotifierMetrics(services.GetRequiredService<IMeterFactory>()),
            Options.Create(new NotifierOptions()), TimeProvider.System, NullLogger<Upkeep>.Instance);
        await Apply(journal, 0, Record(AlertEvents.Opened("latency"), 0));
        await rig.Database.Write(async transaction =>
        {
            await transaction.Execute("alter table alert_care rename to alert_care_away");
            return await transaction.Execute(
                "insert into flap (flap_key, openings, flapping_since, changed_at) values ('0000000000000001', '[]', null, 0)");
        });

        await upkeep.Run(AlertEvents.At(100_000), CancellationToken.None);

        Assert.That(await rig.Scalar<long>("select count(*) from flap"), Is.Zero, "the last step was reached");
    }
}
