using Confluent.SchemaRegistry;
using LeptonStream.Collector.Points;
using Microsoft.Extensions.Time.Testing;

namespace LeptonStream.Roles.Tests.Collector.Formats;

/// <summary>Schemas over a registry's REST API, from a small server that answers as one does.</summary>
public sealed class RegistrySchemasTests
{
    private readonly FakeTimeProvider _time = new();
    private FakeRegistry _registry = null!;
    private CachedSchemaRegistryClient _client = null!;
    private RegistrySchemas _schemas = null!;

    [SetUp]
    public void Start()
    {
        _registry = new((1, "AVRO", "\"string\""), (2, "JSON", "{}"));
        _client = new(new SchemaRegistryConfig { Url = _registry.Address, MaxRetries = 1, RetriesWaitMs = 1, RequestTimeoutMs = 5000 });
        _schemas = new(_client, _time);
    }

    [TearDown]
    public void Stop()
    {
        _client.Dispose();
        _registry.Dispose();
    }

    [Test]
    public void Find_OfAnAvroSchema_IsItsTextAndAskedOnce()
    {
        Assert.That(_schemas.Find(1), Is.EqualTo("\"string\""));
        Assert.That(_schemas.Find(1), Is.EqualTo("\"string\""));
        Assert.That(_registry.Asked, Has.Count.EqualTo(1));
        Assert.That(_schemas.Find(2), Is.Null, "a schema of JSON");
    }

    [Test]
    public void Find_OfAnUnknownId_HoldsUpNoOther()
    {
        Assert.That(_schemas.Find(404), Is.Null);
        Assert.That(_schemas.Find(404), Is.Null);
        Assert.That(_registry.Asked, Has.Count.EqualTo(1));
        Assert.That(_schemas.Find(1), Is.Not.Null);
        _time.Advance(TimeSpan.FromSeconds(11));
        Assert.That(_schemas.Find(404), Is.Null);
        Assert.That(_registry.Asked.Count(path => path.Contains("404", StringComparison.Ordinal)), Is.EqualTo(2));
    }

    [Test]
    public void Find_WhileTheRegistryIsAway_AsksOnceInAWhile()
    {
        _registry.IsBroken = true;
        Assert.That(_schemas.Find(1), Is.Null);
        var asked = _registry.Asked.Count;
        Assert.That(_schemas.Find(3), Is.Null);
        Assert.That(_registry.Asked, Has.Count.EqualTo(asked));
        _registry.IsBroken = false;
        _time.Advance(TimeSpan.FromSeconds(11));
        Assert.That(_schemas.Find(1), Is.Not.Null);
    }
}
