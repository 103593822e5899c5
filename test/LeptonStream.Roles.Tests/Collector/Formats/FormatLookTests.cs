using System.Text;
using LeptonStream.Collector.Points;
using static LeptonStream.Roles.Tests.Collector.Formats.ProtoBytes;

namespace LeptonStream.Roles.Tests.Collector.Formats;

/// <summary>A binary payload keeps its format whatever its length bytes look like.</summary>
public sealed class FormatLookTests
{
    private static readonly byte[] Sample = Message((1, Fixed(BitConverter.DoubleToUInt64Bits(1))), (2, Varint(1763856000000)));

    private readonly FormatCatalog _formats = new();

    [Test]
    public void ByLook_OfOtlp_OfEveryLength()
    {
        for (var length = 1; length <= 300; length++)
        {
            var attribute = Message((1, "a"u8.ToArray()), (2, Message((1, Text(length)))));
            var metric = Message((1, "m"u8.ToArray()), (5, Message((1, Message((3, Fixed(1)), (4, Fixed(0)))))));
            Assert.That(LookOf(Message((1, Message((1, Message((1, attribute))), (2, Message((2, metric))))))), Is.EqualTo("otlp_proto"),
                $"an attribute of {length} bytes");
            // Without resource, only the length of the message changes.
            metric = Message((1, Text(length)), (5, Message((1, Message((3, Fixed(1)), (4, Fixed(0)))))));
            Assert.That(LookOf(Message((1, Message((2, Message((2, metric))))))), Is.EqualTo("otlp_proto"), $"a name of {length} bytes");
        }
    }

    [Test]
    public void ByLook_OfRemoteWrite_OfEveryLength()
    {
        for (var length = 1; length <= 300; length++)
        {
            var series = Message((1, Message((1, "__name__"u8.ToArray()), (2, Text(length)))), (2, Sample));
            var request = Message((1, series), (1, series));
            Assert.That(LookOf(request), Is.EqualTo("prometheus_remote_write"), $"a name of {length} bytes, decompressed on its way");
            Assert.That(LookOf(Snappier.Snappy.CompressToArray(request)), Is.EqualTo("prometheus_remote_write"), $"{length} bytes");
            var second = Message((4, Array.Empty<byte>()), (4, Text(length)), (5, Message((1, new byte[] { 1, 1 }), (2, Sample))));
            Assert.That(LookOf(second), Is.EqualTo("prometheus_remote_write_2"), $"a symbol of {length} bytes, decompressed on its way");
            Assert.That(LookOf(Snappier.Snappy.CompressToArray(second)), Is.EqualTo("prometheus_remote_write_2"), $"{length} bytes");
        }
    }

    // A filter may leave a resource without metrics, and a series may be sent for its exemplars.
    [Test]
    public void ByLook_OfMessagesOfWhichTheFirstHoldsNothing_GoesByTheOthers()
    {
        var attribute = Message((1, Message((1, "a"u8.ToArray()), (2, Message((1, Text(3)))))));
        var metric = Message((1, "m"u8.ToArray()), (5, Message((1, Message((3, Fixed(1)), (4, Fixed(0)))))));
        Assert.That(LookOf(Message((1, Message((1, attribute))), (1, Message((1, attribute), (2, Message((2, metric))))))),
            Is.EqualTo("otlp_proto"));
        var name = Message((1, "__name__"u8.ToArray()), (2, Text(3)));
        Assert.That(LookOf(Message((1, Message((1, name), (3, Sample))), (1, Message((1, name), (2, Sample))))),
            Is.EqualTo("prometheus_remote_write"));
        Assert.That(LookOf(Message((1, Message((1, attribute))))), Is.Null, "nothing says what it is");
    }

    [TestCase("04224D18", "LZ4")]
    [TestCase("FF060000734E61507059", "framed Snappy")]
    [TestCase("82534E415050590000000001", "as Java frames it")]
    [TestCase("425A683931415926", "bzip2")]
    [TestCase("FD377A585A00", "xz")]
    [TestCase("789CAB56", "zlib")]
    [TestCase("FFFE7B0022006D00", "UTF-16")]
    [TestCase("FEFF007B0022006D", "UTF-16")]
    [TestCase("7B0022006D002200", "UTF-16")]
    public void ByLook_OfBytesThatNobodyUnpacksHere_NamesTheirPacking(string bytes, string name)
    {
        var choice = _formats.ByLook([.. Convert.FromHexString(bytes), .. "0123456789"u8]);
        Assert.That(choice.Format, Is.Null);
        Assert.That(choice.Reason, Does.Contain(name).And.Contain("send"));
    }

    [Test]
    public void ByLook_OfUnknownJson_SaysSo()
    {
        var choice = _formats.ByLook("""{"hello":"world"}"""u8);
        Assert.That(choice.Format, Is.Null);
        Assert.That(choice.Reason, Does.Contain("JSON"));
    }

    private string? LookOf(byte[] payload) => _formats.ByLook(payload).Format?.Name;

    private static byte[] Text(int length) => Encoding.ASCII.GetBytes(new string('x', length));
}
