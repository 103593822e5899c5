using System.Text;
using LeptonStream.Samples;
using LeptonStream.Testing;
using NJsonSchema;

namespace LeptonStream.Core.Tests.Samples;

/// <summary>The version of a model in a message: its field, else its label.</summary>
public sealed class VersionFormatTests
{
    private const string Metrics = "\"metrics\":{\"a\":1}";

    private readonly SampleBatch _batch = new();

    [TestCase("\"model_version\":\"2.1\"," + Metrics, "2.1", false)]
    [TestCase("\"model_version\":2," + Metrics, "2", false)]
    [TestCase("\"model_version\":true," + Metrics, "true", false)]
    [TestCase("\"model_version\":null," + Metrics, "", false)]
    [TestCase("\"model_version\":\"\"," + Metrics, "", false)]
    [TestCase("\"model_version\":\"\\u00e9\"," + Metrics, "é", false)]
    [TestCase("\"labels\":{\"model_version\":\"3\"}," + Metrics, "3", false)]
    [TestCase("\"labels\":{\"model_version\":\"3\"},\"model_version\":\"2\"," + Metrics, "2", false)]
    [TestCase("\"model_version\":\"2\",\"ended\":[\"a\"]", "2", false)]
    [TestCase("\"model_version\":\"2\",\"labels\":{\"a\":\"b\"}", "2", true)]
    [TestCase("\"model_version\":2", "2", true)]
    public async Task Read_AVersion_IsTheFieldOrElseTheLabel(string fields, string expected, bool isDeclaration)
    {
        var message = Message(fields);
        Assert.That(Read(message, out var detail), Is.EqualTo(RejectReason.None), detail);
        Assert.That(Encoding.UTF8.GetString(_batch.VersionOf(_batch.Entities[0])), Is.EqualTo(expected));
        Assert.That(_batch.Entities[0].IsDeclaration, Is.EqualTo(isDeclaration));
        var schema = await JsonSchema.FromFileAsync(Path.Combine(SharedFolder.RepositoryRoot, "docs", "metric-message.schema.json"));
        Assert.That(schema.Validate(message), Is.Empty);
    }

    [TestCase("\"model_version\":[1]," + Metrics, RejectReason.WrongType)]
    [TestCase("\"model_version\":{}," + Metrics, RejectReason.WrongType)]
    [TestCase("\"model_version\":\"a\\nb\"," + Metrics, RejectReason.InvalidText)]
    [TestCase("\"model_version\":\"1\",\"model_version\":\"2\"," + Metrics, RejectReason.DuplicateField)]
    [TestCase("\"model_version\":\"2\",\"metrics\":{}", RejectReason.Empty)]
    [TestCase("\"model_version\":null", RejectReason.MissingField)]
    [TestCase("\"model_version\":\"\"", RejectReason.MissingField)]
    public void Read_AVersionThatIsNone_IsRefusedWithItsField(string fields, RejectReason reason)
    {
        Assert.That(Read(Message(fields), out var detail), Is.EqualTo(reason));
        Assert.That(detail, Does.Contain("model_version").Or.Contain("metrics"));
    }

    [Test]
    public void Read_AVersionThatIsTooLong_IsRefused()
    {
        Assert.That(Read(Message($"\"model_version\":\"{new string('v', 1025)}\",{Metrics}"), out var detail),
            Is.EqualTo(RejectReason.InvalidText));
        Assert.That(detail, Is.EqualTo("'model_version' is longer than 1024 bytes"));
    }

    private static string Message(string fields) => $"{{\"model\":\"m\",\"ts\":1795341600,{fields}}}";

    private RejectReason Read(string message, out string? detail) => new NativeJsonFormat(FormatLimits.Default)
        .Read(Encoding.UTF8.GetBytes(message), Timestamp.FromUnixSeconds(1795341600), _batch, out detail);
}
