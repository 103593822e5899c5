using Confluent.Kafka;
using LeptonStream.Kafka;

namespace LeptonStream.Roles.Tests.Kafka;

public sealed class ClientErrorsTests
{
    [TestCase(ErrorCode.Local_AllBrokersDown, "no broker answers")]
    [TestCase(ErrorCode.Local_Transport, "no broker answers")]
    [TestCase(ErrorCode.Local_TimedOut, "the broker does not answer in time")]
    [TestCase(ErrorCode.Local_UnknownPartition, "no broker says where the topic or partition is: none answers, or it is not there")]
    public void Words_OfTheClientsOwnText_ArePlain(ErrorCode code, string words) =>
        Assert.That(new Error(code).Words(), Is.EqualTo(words));

    [Test]
    public void Words_OfAReasonThatSomebodyWrote_AreThatReason() => Assert.That(
        new Error(ErrorCode.Local_TimedOut, "lepton.status can't be read to its end").Words(),
        Is.EqualTo("lepton.status can't be read to its end"));

    [Test]
    public void Name_OfPartitionAndRecord_IsShort()
    {
        Assert.That(new TopicPartition("lepton.metrics", 3).Name(), Is.EqualTo("lepton.metrics[3]"));
        Assert.That(new TopicPartitionOffset("lepton.metrics", 3, 4711).Name(), Is.EqualTo("lepton.metrics[3]@4711"));
    }
}
