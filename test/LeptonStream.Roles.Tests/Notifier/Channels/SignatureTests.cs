using LeptonStream.Notifier.Channels.Kinds;

namespace LeptonStream.Roles.Tests.Notifier.Channels;

/// <summary>Signatures against vectors that the services' own clients agree on.</summary>
[Parallelizable]
public sealed class SignatureTests
{
    [Test]
    public void DingTalk_Vector() =>
        Assert.That(DingTalkChannel.Sign("this is secret", "1577262236757"), Is.EqualTo("hmPWwU+7lVdm3ZZz0r9tSfx0L4Q26jWOZr9+Gs6EZQM="));

    [Test]
    public void Feishu_Vector() =>
        Assert.That(FeishuChannel.Sign("xxx", "1661860880"), Is.EqualTo("QnWVTSBe6FmQDE0bG6X0mURbI+DnvVyu1h+j5dHOjrU="));

    // The example of the service's own documentation of ACS3.
    [Test]
    public void Aliyun_VectorOfTheDocumentation()
    {
        var headers = new Dictionary<string, string>
        {
            ["host"] = "ecs.cn-shanghai.aliyuncs.com",
            ["x-acs-action"] = "RunInstances",
            ["x-acs-content-sha256"] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            ["x-acs-date"] = "2023-10-26T10:22:32Z",
            ["x-acs-signature-nonce"] = "3156853299f313e23d1673dc12e1703d",
            ["x-acs-version"] = "2014-05-26",
        };
        var query = AliyunSmsChannel.QueryOf(
            [("RegionId", "cn-shanghai"), ("ImageId", "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd")]);

        Assert.That(
            AliyunSmsChannel.Authorization(
                "YourAccessKeyId", "YourAccessKeySecret", "POST", query, headers, headers["x-acs-content-sha256"]),
            Does.EndWith("Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"));
    }

    [Test]
    public void Aliyun_Query_IsEncodedAndSorted() =>
        Assert.That(AliyunSmsChannel.QueryOf([("b", "a b*~"), ("A", "中")]), Is.EqualTo("A=%E4%B8%AD&b=a%20b%2A~"));
}
