namespace LeptonStream.Integration.Tests.Helm;

/// <summary>Values that can't work are refused with their name and what is allowed.</summary>
public sealed class ChartRefusalTests
{
    [TestCase("detector.replicaCount=\"many\"", "/detector/replicaCount")]
    [TestCase("detector.replicas=3", "'replicas' not allowed")]
    [TestCase("detector.service={}", "/detector/service")]
    [TestCase("detecter={}", "'detecter' not allowed")]
    [TestCase("kafka.securityProtocol=\"SSL\"", "/kafka/securityProtocol")]
    [TestCase("kafka.bootstrapServers=\"kafka\"", "/kafka/bootstrapServers")]
    [TestCase("kafka.topicPrefix=\"a b\"", "/kafka/topicPrefix")]
    [TestCase("kafka.sasl.mechanism=\"SCRAM-SHA-512\"", "/kafka/sasl/mechanism")]
    [TestCase("topics.provision=\"operator\"", "/topics/provision")]
    [TestCase("topics.partitions=0", "/topics/partitions")]
    [TestCase("image.digest=\"sha256:12\"", "/image/digest")]
    [TestCase("dashboard.service.port=0", "/dashboard/service/port")]
    [TestCase("notifier.terminationGracePeriodSeconds=30", "/notifier/terminationGracePeriodSeconds")]
    [TestCase("notifier.extraEnv=[{\"value\":\"x\"}]", "/notifier/extraEnv/0")]
    [TestCase("detector.livenessProbe.httpGet={}", "'httpGet' not allowed")]
    [TestCase("settings.kafka={}", "'kafka' does not match")]
    [TestCase("detector.policies=3", "/detector/policies")]
    [TestCase("detector.policies={\"rule\":[]}", "'rule' not allowed")]
    [TestCase("detector.policies={\"rules\":[{\"ignroe\":true}]}", "'ignroe' not allowed")]
    [TestCase("detector.policies={\"rules\":[{\"limit\":{\"horizon\":\"1h\"}}]}", "/detector/policies/rules/0/limit")]
    [TestCase("detector.policies={\"defaults\":{\"matchers\":[\"model=a\"]}}", "/detector/policies/defaults/matchers")]
    [TestCase("notifier.policies={}", "/notifier/policies")]
    public async Task Schema_WrongValue_IsRefusedByName(string given, string named)
    {
        var refused = await Chart.Template("minimal", given);

        Assert.That(refused.ExitCode, Is.Not.Zero);
        Assert.That(refused.Error, Does.Contain("don't meet the specifications of the schema").And.Contain(named));
    }

    [TestCase("kafka.bootstrapServers=\"\"", "kafka.bootstrapServers is empty")]
    [TestCase("storage.existingSecret=\"\"", "storage.existingSecret is empty: name the secret with the PostgreSQL connection string")]
    [TestCase("kafka.securityProtocol=\"SaslSsl\"", "kafka.sasl.mechanism is empty, and kafka.securityProtocol is SaslSsl")]
    [TestCase("kafka={\"securityProtocol\":\"SaslSsl\",\"sasl\":{\"mechanism\":\"Plain\"}}", "kafka.sasl.existingSecret is empty")]
    [TestCase("storage.connectionString=\"Data Source=lepton.db\"", "SQLite, a file that pods can't share")]
    [TestCase("notifier.routing={\"existingSecret\":\"x\",\"config\":{\"route\":{}}}",
        "notifier.routing.config and notifier.routing.existingSecret are both given")]
    [TestCase("topics.provision=\"strimzi\"", "topics.strimzi.cluster is empty")]
    [TestCase("dashboard.ingress.enabled=true", "dashboard.ingress.hosts is empty")]
    [TestCase("settings={\"Storage\":{\"ConnectionString\":\"Host=x\"}}", "settings.Storage.ConnectionString is a secret")]
    [TestCase("settings={\"Kafka\":{\"SaslPassword\":\"x\"}}", "settings.Kafka.SaslPassword is a secret")]
    [TestCase("detector.policies=\"rules: [\"", "detector.policies is a text that is no YAML object")]
    [TestCase("settings={\"Health\":{\"Port\":1}}", "settings.Health.Port is set by the chart")]
    public async Task Template_ValuesThatCantWork_AreRefusedInAPlainSentence(string given, string sentence)
    {
        var refused = await Chart.Template("minimal", given);

        Assert.That(refused.ExitCode, Is.Not.Zero);
        Assert.That(refused.Error, Does.Contain(sentence));
    }

    [Test]
    public async Task Template_SeveralMistakes_AreNamedAtOnce()
    {
        var refused = await Chart.Template(
            "minimal", "kafka.bootstrapServers=\"\"", "storage.existingSecret=\"\"", "dashboard.ingress.enabled=true");

        Assert.That(refused.Error, Does.Contain("kafka.bootstrapServers").And.Contain("storage.existingSecret").And.Contain(
            "dashboard.ingress.hosts"));
    }

    [Test]
    public async Task Template_TwoFilesOfPolicies_AreRefused()
    {
        var refused = await Chart.Template("full", "settings.Detector.PoliciesFile=\"/etc/other.yaml\"");

        Assert.That(refused.Error, Does.Contain("detector.policies and settings.Detector.PoliciesFile are both given"));
    }

    [TestCase("notifier")]
    [TestCase("dashboard")]
    public async Task Template_OneOfThoseWithADatabase_StillNeedsIt(string role)
    {
        var refused = await Chart.Template("detector-only", $"{role}.enabled=true");

        Assert.That(refused.Error, Does.Contain("storage.existingSecret is empty"));
    }
}
