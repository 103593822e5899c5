using LeptonStream.Notifier.Routing;
using LeptonStream.Testing;

namespace LeptonStream.Roles.Tests.Notifier.Channels;

/// <summary>The receivers of Alertmanager's own files are read, or refused by name.</summary>
[Parallelizable]
public sealed class AlertmanagerFilesTests
{
    // What stands in such a file and is refused here: each by a part of the error.
    private static readonly Dictionary<string, string[]> Refused = new()
    {
        ["config_testdata_conf.sns-topic-arn.yml"] = ["sns_configs is not supported; use webhook_configs"],
        // The files with the secrets are not there.
        ["config_testdata_conf.slack-default-api-url-file.yml"] =
            ["global.slack_api_url_file can't be read", "slack_configs[1].api_url_file can't be read"],
        ["config_testdata_conf.wechat-default-api-secret-file.yml"] =
            ["global.wechat_api_secret_file can't be read", "wechat_configs[1].api_secret_file can't be read"],
        ["config_testdata_conf.slack-both-file-and-url.yml"] = ["global.slack_api_url stands beside slack_api_url_file"],
        ["config_testdata_conf.http-config.good.yml"] = ["http_config.proxy_url holds no address"],
    };

    private static IEnumerable<string> Files => SharedFolder.Find("data/alertmanager-configs") is { } folder
        ? Directory.GetFiles(folder, "*.yml").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)
        : [];

    [TestCaseSource(nameof(Files))]
    public void Receivers_OfAFile_AreReadOrRefusedByName(string file)
    {
        RoutingFile.Parse(File.ReadAllText(Path.Combine(SharedFolder.Require("data/alertmanager-configs"), file)), file, out var errors);

        var ofChannels = errors.Where(error => error.Contains("_configs", StringComparison.Ordinal)
            || error.Contains("_file can't", StringComparison.Ordinal));
        var refused = Refused.GetValueOrDefault(file, []);
        Assert.That(ofChannels.Where(error => !refused.Any(error.Contains)), Is.Empty);
        Assert.That(refused.Where(part => !errors.Any(error => error.Contains(part, StringComparison.Ordinal))), Is.Empty);
    }
}
