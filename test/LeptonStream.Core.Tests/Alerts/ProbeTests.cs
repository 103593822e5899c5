using System.Text;
using LeptonStream.Alerts;
using LeptonStream.Samples;

namespace LeptonStream.Core.Tests.Alerts;

public sealed class ProbeTests
{
    private static readonly byte[] Key = Encoding.UTF8.GetBytes(Probe.Key);

    private static readonly Probe Sent = new(Timestamp.FromUnixMilliseconds(1_780_000_000_123));

    [Test]
    public void Read_WhatWasWritten_IsTheSameOnBothTopics()
    {
        Assert.That(Probe.Read(Key, Sent.Write()), Is.EqualTo(Sent));
        Assert.That(Probe.Read(Key, Sent.Write(partition: 3, offset: 42)), Is.EqualTo(Sent));
        Assert.That(Encoding.UTF8.GetString(Sent.Write(partition: 3, offset: 42)),
            Is.EqualTo("""{"probeSentAt":1780000000123,"sourcePartition":3,"sourceOffset":42}"""));
    }

    [Test]
    public void Read_AnotherKey_IsNoProbe()
    {
        Assert.That(Probe.Read("llama"u8, Sent.Write()), Is.Null);
        Assert.That(Probe.Read([], Sent.Write()), Is.Null);
    }

    [TestCase("")]
    [TestCase("null")]
    [TestCase("[]")]
    [TestCase("{")]
    [TestCase("{}")]
    [TestCase("{\"probeSentAt\":\"now\"}")]
    [TestCase("{\"probeSentAt\":1e300}")]
    [TestCase("{\"model\":\"lepton.probe\",\"metrics\":{\"loss\":1}}")]
    [TestCase("\u0000")]
    public void Read_AnotherValue_IsNoProbe(string value) => Assert.That(Probe.Read(Key, Encoding.UTF8.GetBytes(value)), Is.Null);
}
