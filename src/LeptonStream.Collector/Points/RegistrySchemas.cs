using System.Net;
using Confluent.SchemaRegistry;

namespace LeptonStream.Collector.Points;

/// <summary>
/// Avro schemas by the REST API of a schema registry. Its client keeps those it has seen. While the registry is away it is asked once in
/// a while only, so that records that need it are refused at once and hold up nothing; an id that it does not know is asked for as seldom.
/// </summary>
/// <param name="registry">The client; who made it disposes of it.</param>
/// <param name="time">The clock.</param>
public sealed class RegistrySchemas(ISchemaRegistryClient registry, TimeProvider time)
{
    private const int MostUnknown = 1000;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private readonly HashSet<int> _unknown = [];
    private DateTimeOffset _notBefore;
    private DateTimeOffset _unknownUntil;

    /// <summary>The text of the schema with this id; null where it is no Avro or can't be had now.</summary>
    public string? Find(int id)
    {
        var now = time.GetUtcNow();
        if (now >= _unknownUntil) _unknown.Clear();
        if (now < _notBefore || _unknown.Contains(id)) return null;
        try
        {
            var schema = registry.GetSchemaAsync(id).GetAwaiter().GetResult();
            return schema.SchemaType == SchemaType.Avro ? schema.SchemaString : null;
        }
        catch (SchemaRegistryException wrong) when (wrong.Status == HttpStatusCode.NotFound && _unknown.Count < MostUnknown)
        {
            if (_unknown.Count == 0) _unknownUntil = now + Pause;
            _unknown.Add(id);
            return null;
        }
        catch (Exception away) when (away is SchemaRegistryException or HttpRequestException or TaskCanceledException)
        {
            _notBefore = now + Pause;
            return null;
        }
    }
}
