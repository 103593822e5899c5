using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using LeptonStream.Testing;

namespace LeptonStream.Roles.Tests.Collector.Formats;

/// <summary>A schema registry that answers as Confluent's REST API does, and asks for a password where it has one.</summary>
internal sealed class FakeRegistry : IDisposable
{
    private readonly HttpListener _server;
    private readonly Dictionary<string, string> _schemas;

    public FakeRegistry(params (int Id, string Type, string Schema)[] schemas)
    {
        _schemas = schemas.ToDictionary(schema => $"{schema.Id}",
            schema => schema.Type == "AVRO" ? JsonSerializer.Serialize(new { schema = schema.Schema })
                : JsonSerializer.Serialize(new { schemaType = schema.Type, schema = schema.Schema }));
        Address = $"http://127.0.0.1:{LoopbackPorts.FreeRow(1)}/";
        _server = new() { Prefixes = { Address } };
        _server.Start();
        _ = Task.Run(Answer);
    }

    public string Address { get; }

    public ConcurrentQueue<string> Asked { get; } = [];

    public bool IsBroken { get; set; }

    /// <summary><c>user:password</c>; null lets everybody in.</summary>
    public string? User { get; init; }

    public void Dispose() => _server.Close();

    private async Task Answer()
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
            Asked.Enqueue(path);
            var (status, body) = AnswerTo(path[(path.LastIndexOf('/') + 1)..], context.Request.Headers["Authorization"]);
            context.Response.StatusCode = status;
            context.Response.ContentType = "application/vnd.schemaregistry.v1+json";
            context.Response.Close(Encoding.UTF8.GetBytes(body), willBlock: false);
        }
    }

    private (int Status, string Body) AnswerTo(string id, string? authorization)
    {
        if (User is { } user && authorization != "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(user)))
            return (401, """{"error_code":401,"message":"Unauthorized"}""");
        if (IsBroken) return (500, """{"error_code":50001,"message":"away"}""");
        return _schemas.TryGetValue(id, out var schema) ? (200, schema) : (404, """{"error_code":40403,"message":"Schema not found"}""");
    }
}
