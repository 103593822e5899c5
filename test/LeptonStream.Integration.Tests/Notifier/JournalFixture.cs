using LeptonStream.Storage;

namespace LeptonStream.Integration.Tests.Notifier;

/// <summary>Tests of the journal on one kind of database: each has a journal of its own.</summary>
public abstract class JournalFixture(DatabaseKind kind)
{
    protected DatabaseKind Kind => kind;

    private protected JournalRig Rig { get; private set; } = null!;

    [SetUp]
    public async Task MakeRig() => Rig = await JournalRig.Create(Kind);

    [TearDown]
    public async Task RemoveRig()
    {
        if (Rig is not null) await Rig.DisposeAsync();
    }
}
