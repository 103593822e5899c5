using System.Net;
using System.Text;
using Confluent.SchemaRegistry;
using LeptonStream.Collector.Points;
using LeptonStream.Testing;
using Microsoft.Extensions.Time.Testing;

namespace LeptonStream.Roles.Tests.Collector.Formats;

/// <summary>Schemas over a registry's REST API, from a small server that answers as one does.</summary>
public sealed class RegistrySchemasTests
{
    private readonly List<string> _asked = [];
    private readonly FakeTimeProvider _time = new();
    private HttpListener _server = null!;
    private CachedSchemaRegistryClient _client = null!;
    private RegistrySchemas _schemas = null!;
    private bool _isBroken;

    [SetUp]
    public void Start()
    {
        _asked.Clear();
        _isBroken = false;
        var address = $"http://127.0.0.1:{LoopbackPorts.FreeRow(1)}/";
        _server = new() { Prefixes = { address } };
        _server.Start();
        _ = Task.Run(AnswerAsync);
        _client = new(new SchemaRegistryConfig { Url = address, MaxRetries = 1, RetriesWaitMs = 1, RequestTimeoutMs = 5000 });
        _schemas = new(_client, _time);
    }

    [TearDown]
    public void Stop()
    {
        _server.Close();
        _client.Dispose();
    }

    [Test]
    public void Find_OfAnAvroSchema_IsItsTextAndAskedOnce()
    {
        Assert.That(_schemas.Find(1), Is.EqualTo("\"string\""));
        Assert.That(_schemas.Find(1), Is.EqualTo("\"string\""));
        Assert.That(_asked, Has.Count.EqualTo(1));
        Assert.That(_schemas.Find(2), Is.Null, "a schema of JSON");
    }

    [Test]
    public void Find_OfAnUnknownId_HoldsUpNoOther()
    {
        Assert.That(_schemas.Find(404), Is.Null);
        Assert.That(_schemas.Find(404), Is.Null);
        Assert.That(_asked, Has.Count.EqualTo(1));
        Assert.That(_schemas.Find(1), Is.Not.Null);
        _time.Advance(TimeSpan.FromSeconds(11));
        Assert.That(_schemas.Find(404), Is.Null);
        Assert.That(_asked.Count(path => path.Contains("404", StringComparison.Ordinal)), Is.EqualTo(2));
    }

    [Test]
    public void Find_WhileTheRegistryIsAway_AsksOnceInAWhile()
    {
        _isBroken = true;
        Assert.That(_schemas.Find(1), Is.Null);
        var asked = _asked.Count;
        Assert.That(_schemas.Find(3), Is.Null);
        Assert.That(_asked, Has.Count.EqualTo(asked));
        _isBroken = false;
        _time.Advance(TimeSpan.FromSeconds(11));
        Assert.That(_schemas.Find(1), Is.Not.Null);
    }

    private async Task AnswerAsync()
    {
        while (_server.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _server.GetContextAsync();
            }
            catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            var path = context.Request.Url!.AbsolutePath;
            _asked.Add(path);
            var (status, body) = (_isBroken, path[(path.LastIndexOf('/') + 1)..]) switch
            {
                (true, _) => (500, """{"error_code":50001,"message":"away"}"""),
                (_, "1") => (200, """{"schema":"\"string\""}"""),
                (_, "2") => (200, """{"schemaType":"JSON","schema":"{}"}"""),
                _ => (404, """{"error_code":40403,"message":"Schema not found"}"""),
            };
            context.Response.StatusCode = status;
            context.Response.ContentType = "application/vnd.schemaregistry.v1+json";
            context.Response.Close(Encoding.UTF8.GetBytes(body), willBlock: false);
        }
    }
}
