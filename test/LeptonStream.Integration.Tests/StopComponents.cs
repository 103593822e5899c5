using LeptonStream.Testing;

namespace LeptonStream.Integration.Tests;

/// <summary>Ends, after the last test of this assembly, what the tests started and shared.</summary>
[SetUpFixture]
public sealed class StopComponents
{
    [OneTimeTearDown]
    public Task Stop() => Task.WhenAll(RealKafka.StopShared(), PostgresServer.StopShared());
}
