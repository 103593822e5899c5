using LeptonStream.Collector.Mapping;
using LeptonStream.Collector.Points;
using LeptonStream.Series;
using NUnit.Framework;
using static LeptonStream.Roles.Tests.Collector.Mapping.MappingPayload;

namespace LeptonStream.Roles.Tests.Collector.Mapping;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class PointMapperTests
{
    private readonly PointMapper _mapper = new(CollectorConfig.Default);

    [Test]
    public void Map_AGaugeOfVllm_GetsModelAndTheNameOfAllSources()
    {
        var mapped = new MappingPayload()
            .Gauge("vllm:num_requests_running{model_name=llama-70b,instance=a,engine=0}", 0, 3)
            .Gauge("vllm:gpu_cache_usage_perc{engine=0,model_name=llama-70b,instance=a}", 0, 0.5)
            .MapBy(_mapper);
        Assert.That(SamplesOf(mapped), Is.EqualTo(new[]
        {
            "llama-70b{engine=\"0\",instance=\"a\"} infer.running 3",
            "llama-70b{engine=\"0\",instance=\"a\"} infer.kv_usage 0.5",
        }));
        Assert.That(mapped.Messages.Length, Is.EqualTo(1), "metrics of one entity and time are one message");
    }

    [Test]
    public void Map_ATotal_BecomesARateFromItsSecondPointOn()
    {
        var first = new MappingPayload().Total("vllm:generation_tokens_total{model_name=m}", 0, 1000).Total("errors_total{job=j}", 0, 5);
        Assert.That(DropsOf(first.MapBy(_mapper)), Is.EqualTo(new[]
        {
            "Baseline vllm:generation_tokens_total{model_name=\"m\"}", "Baseline errors_total{job=\"j\"}",
        }));
        var next = new MappingPayload().Total("vllm:generation_tokens_total{model_name=m}", 10, 1500).Total("errors_total{job=j}", 10, 10);
        Assert.That(SamplesOf(next.MapBy(_mapper)), Is.EqualTo(new[] { "m infer.tokens_out 50", "j errors_per_second 0.5" }));
    }

    [TestCase("requests_total{job=j}", "requests_per_second 1", Description = "the name says that it is a total")]
    [TestCase("vllm:prompt_tokens{model_name=j}", "infer.tokens_in 1", Description = "the preset knows that it is a total")]
    [TestCase("queue{job=j}", "queue 10", Description = "nothing says that it is a total")]
    [TestCase("accelerator_nvidia_processes_running_total{job=j}", "gpu.processes 10",
        Description = "a level in spite of its name")]
    [TestCase("DCGM_FI_DEV_ECC_DBE_VOL_TOTAL{job=j}", "DCGM_FI_DEV_ECC_DBE_VOL_TOTAL 10",
        Description = "judged as a code, so it stays one")]
    public void Map_APointWithoutType_IsUnderstoodByPresetAndName(string series, string expected)
    {
        new MappingPayload().Untyped(series, 0, 0).MapBy(_mapper);
        Assert.That(SamplesOf(new MappingPayload().Untyped(series, 10, 10).MapBy(_mapper)), Is.EqualTo(new[] { "j " + expected }));
    }

    [Test]
    public void Map_PrometheusSeriesOfItsOwnAlerts_AreLeftOut()
    {
        var mapped = new MappingPayload().Untyped("ALERTS{alertname=a,job=j}", 0, 1)
            .Untyped("ALERTS_FOR_STATE{alertname=a,job=j}", 0, 1.7e9).MapBy(_mapper);
        Assert.That((mapped.SampleCount, mapped.CountOf(DropReason.Preset)), Is.EqualTo((0, 2)));
    }

    [Test]
    public void Map_ADuplicateAndALatePoint_AreDroppedWithTheirReasons()
    {
        var mapped = new MappingPayload().Gauge("g{job=j}", 10, 1).Gauge("g{job=j}", 10, 1).Gauge("g{job=j}", 5, 2).MapBy(_mapper);
        Assert.That(SamplesOf(mapped), Is.EqualTo(new[] { "j g 1" }));
        Assert.That(DropsOf(mapped), Is.EqualTo(new[] { "Duplicate g{job=\"j\"}", "OutOfOrder g{job=\"j\"}" }));
    }

    [Test]
    public void Map_TimesThatClocksCannotHave_AreDropped()
    {
        var mapped = new MappingPayload().Gauge("a{job=j}", -1_000_000_000, 1).Gauge("b{job=j}", 700, 1).Gauge("c{job=j}", 500, 1)
            .MapBy(_mapper, received: 0);
        Assert.That(SamplesOf(mapped), Is.EqualTo(new[] { "j c 1" }));
        Assert.That(mapped.CountOf(DropReason.TimeOutOfRange), Is.EqualTo(2));
    }

    [Test]
    public void Map_AStaleMarker_EndsTheSeriesAndItsTotal()
    {
        new MappingPayload().Total("t_total{job=j}", 0, 5).MapBy(_mapper);
        new MappingPayload().Total("t_total{job=j}", 10, 15).MapBy(_mapper);
        var ended = new MappingPayload().Stale(PointKind.Cumulative, "t_total{job=j}", 20).MapBy(_mapper);
        Assert.That(ended.Ended.ToArray().Select(end => end.Series.ToString()), Is.EqualTo(new[] { "t_per_second of j" }));
        Assert.That((_mapper.SeriesCount, ended.SampleCount, ended.CountOf(DropReason.Ended)), Is.EqualTo((0, 0, 1)));
        var back = new MappingPayload().Total("t_total{job=j}", 30, 400).MapBy(_mapper);
        Assert.That(DropsOf(back), Is.EqualTo(new[] { "Baseline t_total{job=\"j\"}" }));
    }

    [Test]
    public void Map_SeriesThatBecomeOne_KeepsTheFirstAndSaysSoUntilItIsGone()
    {
        var mapper = new PointMapper(Config("labels: {drop: [pod]}"));
        var both = new MappingPayload().Gauge("g{job=j,pod=a}", 0, 1).Gauge("g{job=j,pod=b}", 0, 2).MapBy(mapper);
        Assert.That(SamplesOf(both), Is.EqualTo(new[] { "j g 1" }));
        Assert.That(both.Drops[0].Detail, Does.Contain("the same series as g{job=\"j\",pod=\"a\"}"));
        var later = new MappingPayload().Gauge("g{job=j,pod=b}", 299, 2).MapBy(mapper);
        Assert.That(later.CountOf(DropReason.Collision), Is.EqualTo(1));
        Assert.That(SamplesOf(new MappingPayload().Gauge("g{job=j,pod=b}", 310, 3).MapBy(mapper)), Is.EqualTo(new[] { "j g 3" }));
        Assert.That(new MappingPayload().Gauge("g{job=j,pod=a}", 311, 4).MapBy(mapper).CountOf(DropReason.Collision), Is.EqualTo(1));
    }

    /// <summary>vLLM 0.9 to 0.11 show both, and remote write must not be refused for it.</summary>
    [TestCase("vllm:gpu_cache_usage_perc", "vllm:kv_cache_usage_perc")]
    [TestCase("vllm:kv_cache_usage_perc", "vllm:gpu_cache_usage_perc")]
    public void Map_AFamilyUnderItsOldAndItsNewName_TakesTheFirstAndFindsNoFault(string first, string second)
    {
        for (var i = 0; i < 3; i++)
        {
            var both = new MappingPayload().Gauge(first + "{model_name=m}", i * 10, 0.5).Gauge(second + "{model_name=m}", i * 10, 0.5)
                .MapBy(_mapper);
            Assert.That(SamplesOf(both), Is.EqualTo(new[] { "m infer.kv_usage 0.5" }));
            Assert.That(both.Drops.ToArray().Select(drop => (drop.Reason, drop.IsFault)),
                Is.EqualTo(new[] { (DropReason.OtherName, false) }));
        }

        var later = new MappingPayload().Gauge(second + "{model_name=m}", 400, 0.6).MapBy(_mapper);
        Assert.That(SamplesOf(later), Is.EqualTo(new[] { "m infer.kv_usage 0.6" }), "a newer version shows one of them");
    }

    [Test]
    public void Map_AHistogramInPartsUnderBothItsNames_FindsNoFault()
    {
        for (var i = 0; i < 3; i++)
        {
            var payload = new MappingPayload();
            foreach (var name in (string[])["vllm:time_per_output_token_seconds", "vllm:inter_token_latency_seconds"])
                payload.Part(name + "_bucket{model_name=m,le=1}", i * 10, i).Part(name + "_bucket{model_name=m,le=+Inf}", i * 10, i)
                    .Part(name + "_sum{model_name=m}", i * 10, i).Part(name + "_count{model_name=m}", i * 10, i);
            var mapped = payload.MapBy(_mapper);
            Assert.That(mapped.Drops.ToArray().Where(drop => drop.IsFault), Is.Empty);
            if (i > 0) Assert.That(SamplesOf(mapped), Does.Contain("m infer.itl_s_count_per_second 0.1"));
        }
    }

    /// <summary>A process that started again, a GPU whose pod or state changed: these labels are left out.</summary>
    [TestCase("lat{service.name=m,process.pid=A}", "m lat")]
    [TestCase("DCGM_FI_DEV_GPU_TEMP{exported_job=m,gpu=0,pod=A}", "m{gpu=\"0\"} gpu.temp_c")]
    [TestCase("DCGM_FI_DEV_XID_ERRORS{exported_job=m,gpu=0,err_code=A}", "m{gpu=\"0\"} gpu.xid")]
    [TestCase("nvidia_smi_temperature_gpu{model=m,index=0,pstate=A}", "m{index=\"0\"} gpu.temp_c")]
    [TestCase("ray_vllm_num_requests_running{model_name=m,ReplicaId=r,pid=A,SessionName=A}", "m{ReplicaId=\"r\"} infer.running")]
    public void Map_AThingWhoseStateChanges_GoesOnFromItsSecondPointAndNeverEnds(string series, string sample)
    {
        var other = series.Replace("=A", "=B", StringComparison.Ordinal);
        string[] expected = [$"{sample} 1"];
        Assert.That(SamplesOf(new MappingPayload().Gauge(series, 0, 1).MapBy(_mapper)), Is.EqualTo(expected));
        Assert.That(new MappingPayload().Gauge(other, 10, 1).MapBy(_mapper).CountOf(DropReason.Collision), Is.EqualTo(1));
        for (var i = 2; i < 5; i++)
        {
            var mapped = new MappingPayload().Gauge(other, i * 10, 1).MapBy(_mapper);
            Assert.That(SamplesOf(mapped), Is.EqualTo(expected));
            Assert.That((mapped.Ended.Length, mapped.CountOf(DropReason.Collision)), Is.EqualTo((0, 0)));
        }
    }

    [Test]
    public void Map_TwoProcessesSideBySide_KeepsTheFirstAlone([Values] bool inOnePayload)
    {
        var samples = new List<string>();
        for (var i = 0; i < 20; i++)
        {
            var (one, two) = (new MappingPayload(), new MappingPayload());
            if (i % 3 == 0) Add(two, "B", 2);
            Add(one, "A", 1);
            if (i % 3 != 0) Add(inOnePayload ? one : two, "B", 2);
            samples.AddRange(SamplesOf(one.MapBy(_mapper, received: i * 10)));
            samples.AddRange(SamplesOf(two.MapBy(_mapper, received: (i * 10) + (inOnePayload ? 0 : 3))));

            void Add(MappingPayload payload, string process, double value) =>
                payload.Gauge($"lat{{service.name=m,process.pid={process}}}", i * 10, value);
        }

        Assert.That(samples, Has.Count.EqualTo(20).And.All.EqualTo("m lat 1"));
    }

    [Test]
    public void Map_ATotalWhoseProcessChanges_HasItsRateFromTheSecondPointOn()
    {
        new MappingPayload().Total("t_total{job=m,process.pid=1}", 0, 100).MapBy(_mapper);
        new MappingPayload().Total("t_total{job=m,process.pid=1}", 10, 110).MapBy(_mapper);
        new MappingPayload().Total("t_total{job=m,process.pid=2}", 20, 120).MapBy(_mapper);
        Assert.That(SamplesOf(new MappingPayload().Total("t_total{job=m,process.pid=2}", 30, 130).MapBy(_mapper)),
            Is.EqualTo(new[] { "m t_per_second 1" }));
    }

    [Test]
    public void Map_MoreSeriesThanAllowed_RefusesNewOnesUntilOthersAreSilent()
    {
        var mapper = new PointMapper(Config("limits: {series: 2}"));
        var mapped = new MappingPayload().Gauge("a{job=j}", 0, 1).Gauge("b{job=j}", 0, 1).Gauge("c{job=j}", 0, 1).MapBy(mapper);
        Assert.That((mapped.SampleCount, mapped.CountOf(DropReason.TooManySeries), mapper.SeriesCount), Is.EqualTo((2, 1, 2)));
        new MappingPayload().Gauge("b{job=j}", 200, 1).MapBy(mapper);
        Assert.That(SamplesOf(new MappingPayload().Gauge("c{job=j}", 301, 1).MapBy(mapper)), Is.EqualTo(new[] { "j c 1" }));
        Assert.That((mapper.SeriesCount, mapper.ForgottenCount), Is.EqualTo((2, 1)));
    }

    [Test]
    public void Map_AStepAsLabel_IsTheStepOfTheMessageAndNoLabel()
    {
        var mapped = new MappingPayload().Gauge("train.loss{run=r,step=7}", 0, 2).Gauge("train.loss{run=r,step=8}", 1, 1.5).MapBy(_mapper);
        Assert.That(mapped.Messages.ToArray().Select(message => (message.Entity.ToString(), message.Step)), Is.EqualTo(new[]
        {
            ("r", 7L), ("r", 8L),
        }));
        Assert.That(_mapper.SeriesCount, Is.EqualTo(1));
    }

    [Test]
    public void Map_ANativePoint_StaysAsItIs()
    {
        var mapped = new MappingPayload().Untyped("vllm:generation_tokens_total{job=j,model_name=x}", 0, 9).Model("m").MapBy(_mapper);
        Assert.That(SamplesOf(mapped), Is.EqualTo(new[] { "m{job=\"j\",model_name=\"x\"} vllm:generation_tokens_total 9" }));
    }

    [Test]
    public void Map_LabelsOfTheSource_AreThoseThatThePayloadDoesNotHave()
    {
        var source = new SourceContext("scrape", new SourceLabels(LabelSet.Of(("job", "vllm"), ("instance", "a:8000"))));
        var mapped = new MappingPayload().Gauge("g{instance=own}", 0, 1).Gauge("h", 0, 1).MapBy(_mapper, source);
        Assert.That(SamplesOf(mapped), Is.EqualTo(new[] { "vllm{instance=\"own\"} g 1", "vllm{instance=\"a:8000\"} h 1" }));
    }

    [Test]
    public void Map_NoAttributeNamesTheModel_TakesTheFallbackOrDrops()
    {
        Assert.That(DropsOf(new MappingPayload().Gauge("g{host=h}", 0, 1).MapBy(_mapper)), Is.EqualTo(new[] { "NoModel g{host=\"h\"}" }));
        var mapper = new PointMapper(Config("sources: [{name: telegraf, model: [team], model_fallback: fleet}]"));
        var mapped = new MappingPayload().Gauge("g{host=h}", 0, 1).Gauge("g{host=h,team=t,job=j}", 0, 1).MapBy(mapper, new("telegraf"));
        Assert.That(SamplesOf(mapped), Is.EqualTo(new[] { "fleet{host=\"h\"} g 1", "t{host=\"h\",job=\"j\"} g 1" }));
    }

    [Test]
    public void Map_RelabelRules_RunBeforeAndAfterTheMapping()
    {
        var mapper = new PointMapper(Config("""
            relabel_configs:
              - {source_labels: [pod], regex: '(.*)-\d+', target_label: job}
              - {source_labels: [__name__], regex: 'debug_.*', action: drop}
            metric_relabel_configs:
              - {source_labels: [__name__], regex: 'infer\.(running)', target_label: __name__, replacement: 'mine.$1'}
              - {source_labels: [model], target_label: model, action: lowercase}
            """));
        var mapped = new MappingPayload().Gauge("vllm:num_requests_running{pod=LLaMA-0}", 0, 1).Gauge("debug_x{pod=a-1}", 0, 1)
            .MapBy(mapper);
        Assert.That(SamplesOf(mapped), Is.EqualTo(new[] { "llama{pod=\"LLaMA-0\"} mine.running 1" }));
        Assert.That(mapped.CountOf(DropReason.Relabeled), Is.EqualTo(1));
    }

    [Test]
    public void Map_UnitsOfPresets_BecomeThoseOfTheCommonName()
    {
        new MappingPayload().Total("DCGM_FI_DEV_PCIE_REPLAY_COUNTER{job=j}", 0, 0).MapBy(_mapper);
        var mapped = new MappingPayload()
            .Gauge("nv_gpu_utilization{job=j,gpu=1}", 0, 0.97)
            .Gauge("nv_gpu_memory_used_bytes{job=j,gpu=1}", 0, 1 << 30)
            .Gauge("accelerator_nvidia_power_current_usage_milli_watts{job=j,uuid=u}", 0, 250_000)
            .Gauge("DCGM_FI_DEV_GPU_UTIL{job=j,gpu=0}", 0, 97)
            .MapBy(_mapper);
        Assert.That(SamplesOf(mapped), Is.EqualTo(new[]
        {
            "j{gpu=\"1\"} gpu.util 97", "j{gpu=\"1\"} gpu.mem_used 1024", "j{uuid=\"u\"} gpu.power_w 250", "j{gpu=\"0\"} gpu.util 97",
        }));
    }

    [Test]
    public void Map_TheUnitThatTheSourceSays_ComesBeforeThatOfThePreset()
    {
        double[] bounds = [100, 1000];
        const string Series = "gen_ai.server.time_to_first_token{gen_ai.request.model=m}";
        new MappingPayload().Histogram(Series, 0, bounds, [0, 0, 0], 0).Unit("ms").MapBy(_mapper);
        var mapped = new MappingPayload().Histogram(Series, 10, bounds, [10, 0, 0], 500).Unit("ms").MapBy(_mapper);
        Assert.That(SamplesOf(mapped), Is.EqualTo(new[]
        {
            "m infer.ttft_s_count_per_second 1", "m infer.ttft_s_mean 0.05", "m infer.ttft_s_p50 0.05", "m infer.ttft_s_p90 0.09",
            "m infer.ttft_s_p99 0.099",
        }));
    }

    [TestCase(140737488355328.0)]
    [TestCase(9223372036854775794.0)]
    [TestCase(double.NaN)]
    public void Map_ABlankOfDcgm_PassesToTheDetectorAndDisturbsNoTotal(double blank)
    {
        new MappingPayload().Total("DCGM_FI_DEV_PCIE_REPLAY_COUNTER{job=j}", 0, 5).MapBy(_mapper);
        var mapped = new MappingPayload().Total("DCGM_FI_DEV_PCIE_REPLAY_COUNTER{job=j}", 10, blank)
            .Gauge("accelerator_nvidia_power_current_usage_milli_watts{job=j}", 10, blank).MapBy(_mapper);
        var values = mapped.Messages.ToArray().SelectMany(message => mapped.SamplesOf(message).ToArray()).Select(sample => sample.Value);
        Assert.That(values, Is.EqualTo(new[] { blank, blank }));
        var next = new MappingPayload().Total("DCGM_FI_DEV_PCIE_REPLAY_COUNTER{job=j}", 20, 25).MapBy(_mapper);
        Assert.That(SamplesOf(next), Is.EqualTo(new[] { "j gpu.pcie_replays 1" }));
    }

    [Test]
    public void Map_SplitFamilies_BecomeMetricsOfOneEntity()
    {
        var mapped = new MappingPayload().Gauge("nv_trt_llm_request_metrics{model=m,request_type=waiting}", 0, 4)
            .Gauge("nv_trt_llm_request_metrics{model=m,request_type=active}", 0, 2).MapBy(_mapper);
        Assert.That(SamplesOf(mapped), Is.EqualTo(new[] { "m infer.queue_depth 4", "m infer.running 2" }));
    }

    [Test]
    public void Map_TheSameAgainAndAgain_AllocatesNothing()
    {
        var (mapped, points) = (new MappedBatch(0), new PointBatch[3]);
        for (var i = 0; i < 3; i++) points[i] = Payload(i * 10).Points;
        for (var i = 0; i < 2; i++) Map(i);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Map(2);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
        Assert.That(mapped.SampleCount, Is.EqualTo(700));

        void Map(int i)
        {
            mapped.Clear();
            _mapper.Map(points[i], new SourceContext("test"), At(i * 10), mapped);
            _ = mapped.Messages;
        }

        static MappingPayload Payload(double seconds)
        {
            var payload = new MappingPayload();
            for (var i = 0; i < 100; i++)
            {
                payload.Gauge($"g{i % 10}{{job=j,instance={i / 10}}}", seconds, i);
                payload.Total($"t{i}_total{{job=j}}", seconds, i * seconds);
                if (i % 2 == 0)
                    payload.Part($"h_bucket{{job=j,i={i},le=1}}", seconds, seconds)
                        .Part($"h_bucket{{job=j,i={i},le=+Inf}}", seconds, seconds * 2)
                        .Part($"h_sum{{job=j,i={i}}}", seconds, seconds).Part($"h_count{{job=j,i={i}}}", seconds, seconds * 2);
                else
                    payload.Histogram($"k{{job=j,i={i}}}", seconds, [1, 2], [seconds, seconds, 0], seconds);
            }

            return payload;
        }
    }

    private static CollectorConfig Config(string yaml)
    {
        var config = CollectorFile.Parse(yaml, "collector.yaml", out var errors);
        Assert.That(errors, Is.Empty);
        return config!;
    }
}
