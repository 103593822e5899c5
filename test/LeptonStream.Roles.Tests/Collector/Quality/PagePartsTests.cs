using LeptonStream.Alerts;
using LeptonStream.Collector.Mapping;
using LeptonStream.Collector.Quality;
using LeptonStream.Series;

namespace LeptonStream.Roles.Tests.Collector.Quality;

/// <summary>A device that leaves a page which goes on is missed by name; whatever else leaves a page is not.</summary>
[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(NUnit.Framework.LifeCycle.InstancePerTestCase)]
public sealed class PagePartsTests
{
    private readonly QualityStory _story = new() { Source = "dcgm" };

    [TestCase(1)]
    [TestCase(3)]
    public void AGpu_ThatLeavesItsPage_IsOneWarningWithItsName(int hosts)
    {
        _story.Each(30, () => Scrape(hosts, 8));
        _story.Each(2, () =>
        {
            Scrape("h0", 7);
            for (var host = 1; host < hosts; host++) Scrape($"h{host}", 8);
            // Pods come all the time, and none of them is a GPU.
            _story.Send(QualityStory.Pod($"p{_pods++ / 30}"));
        });

        Assert.That(_story.Opened.Select(e => e.Metric), Is.EqualTo((string[])["lepton.quality.parts_silent"]), _story.Story);
        Assert.That(_story.Opened[0].RoutingLabels["about"], Does.Contain("gpu=\"7\"").And.Contain("h0"));
        Assert.That(_story.Events[^1].EndedReason, Is.EqualTo(EndedReason.Recovered), _story.Story);
    }

    [TestCase("scale-down")]
    [TestCase("rollout")]
    [TestCase("new driver")]
    [TestCase("instances")]
    [TestCase("interface")]
    [TestCase("job")]
    [TestCase("short")]
    public void Whatever_LeavesAPageForAReason_IsMissedByNobody(string how)
    {
        _story.Each(30, () => Scrape(before: true));
        if (how is "scale-down" or "rollout") _story.Leave("h2");
        _story.Each(3, () => Scrape(before: false));
        Assert.That(_story.Events, Is.Empty, _story.Story);
        Assert.That(_story.Written, Is.Not.Empty);

        void Scrape(bool before)
        {
            for (var host = 0; host < 2; host++) this.Scrape($"h{host}", 8);
            if (before) this.Scrape("h2", 8, more: More(how, 3, "a"));
            else if (how == "rollout") this.Scrape("h3", 8);
            else if (how == "new driver") this.Scrape("h2", 8, uuid: "new");
            else if (how == "short" && _pods++ < 9) this.Scrape("h2", 6);
            else if (how != "scale-down") this.Scrape("h2", 8, more: More(how, 1, "b"));
        }
    }

    private static string More(string how, int count, string name) => string.Concat(Enumerable.Range(0, count).Select(i => how switch
    {
        "instances" => $"DCGM_FI_DEV_FB_USED{{gpu=\"0\",GPU_I_ID=\"{i}\",Hostname=\"h2\"}} 5\n",
        "interface" => $"node_network_mtu_bytes{{device=\"veth{name}{i}\"}} 1500\n",
        "job" => $"gpu_job_util{{gpu=\"{i}\",pod=\"job-{name}\"}} 50\n",
        _ => "",
    }));

    private int _pods;

    private void Scrape(int hosts, int gpus)
    {
        for (var host = 0; host < hosts; host++) Scrape($"h{host}", gpus);
    }

    private void Scrape(string host, int gpus, string uuid = "old", string more = "") =>
        _story.Scrape(host, more + string.Concat(Enumerable.Range(0, gpus).Select(gpu =>
            $"DCGM_FI_DEV_GPU_TEMP{{gpu=\"{gpu}\",UUID=\"GPU-{uuid}{gpu}\",Hostname=\"{host}\"}} 60\n")));
}
