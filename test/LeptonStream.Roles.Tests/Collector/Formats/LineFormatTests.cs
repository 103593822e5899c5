using LeptonStream.Collector.Points;

namespace LeptonStream.Roles.Tests.Collector.Formats;

/// <summary>The edges of the line formats: escapes, kinds, families, and lines that are wrong.</summary>
public sealed class LineFormatTests
{
    private readonly Payloads _payloads = new();

    [TestCase("cpu value=1 1763856000000000000", "Untyped cpu = 1 @1763856000000000000\n")]
    [TestCase("cpu idle=1.5 1763856000000", "Untyped cpu_idle = 1.5 @1763856000000000000\n")]
    [TestCase("cpu idle=1.5 1763856000", "Untyped cpu_idle = 1.5 @1763856000000000000\n")]
    [TestCase("cpu idle=1", "Untyped cpu_idle = 1\n")]
    [TestCase("cpu a=-3i,b=18446744073709551615u,c=t,d=FALSE",
        "Untyped cpu_a = -3\nUntyped cpu_b = 1.8446744073709552E+19\nUntyped cpu_c = 1\nUntyped cpu_d = 0\n")]
    [TestCase("cpu a=1e3,b=-0.25,c=+5", "Untyped cpu_a = 1000\nUntyped cpu_b = -0.25\nUntyped cpu_c = 5\n")]
    [TestCase("my\\ cpu,ta\\=g=v\\,1\\ x f\\ 1=2", "Untyped my cpu_f 1 = 2\n  labels: ta=g=v,1 x\n")]
    [TestCase("disk,path=C:\\temp used=1", "Untyped disk_used = 1\n  labels: path=C:\\temp\n")]
    [TestCase("log msg=\"a \\\" b, c=1\nx\",n=2i", "Untyped log_n = 2\nTextValue: msg: a text\n")]
    [TestCase("\r\n# comment\r\n\r\na b=1\r\nc d=2\r\n", "Untyped a_b = 1\nUntyped c_d = 2\n")]
    [TestCase("温度,机=甲 值=36.6", "Untyped 温度_值 = 36.6\n  labels: 机=甲\n")]
    [TestCase("vllm:num_requests_running,url=u gauge=3", "Gauge vllm:num_requests_running = 3\n  labels: url=u\n")]
    [TestCase("a_total,x=y counter=3 1763856000", "Cumulative a_total = 3 @1763856000000000000 Cumulative\n  labels: x=y\n")]
    [TestCase("a counter=3,created=1763800000", "Cumulative a = 3 since 1763800000000000000 Cumulative\n")]
    [TestCase("h +Inf=6,0.1=2,1e+06=5,count=6,sum=3 1763856000",
        "Histogram h = 0.5 @1763856000000000000 Cumulative\n  count=6 sum=3 min=NaN max=NaN bounds=[0.1 1000000] counts=[2 3 1]\n")]
    [TestCase("h 0.1=2,5=5,count=6,sum=3",
        "Histogram h = 0.5 Cumulative\n  count=6 sum=3 min=NaN max=NaN bounds=[0.1 5] counts=[2 3 1]\n")]
    [TestCase("s 0=1,0.5=4,1=9,count=8,sum=40",
        "Summary s = 5 Cumulative\n  count=8 sum=40 min=NaN max=NaN quantiles=[0 0.5 1] values=[1 4 9]\n")]
    [TestCase("s count=8,sum=40", "Untyped s_count = 8\nUntyped s_sum = 40\n")]
    [TestCase("s 0.5=4,count=8", "Untyped s_0.5 = 4\nUntyped s_count = 8\n")]
    [TestCase("s 0.5=4,count=8,sum=40,mean=5", "Untyped s_0.5 = 4\nUntyped s_count = 8\nUntyped s_sum = 40\nUntyped s_mean = 5\n")]
    [TestCase("tank gauge=4,level=2", "Untyped tank_gauge = 4\nUntyped tank_level = 2\n")]
    [TestCase("prometheus,url=u go_goroutines=7", "Untyped go_goroutines = 7\n  labels: url=u\n")]
    [TestCase("prometheus,le=0.5 h_bucket=7", "Untyped h_bucket = 7 !Part\n  labels: le=0.5\n")]
    [TestCase("prometheus h_count=7,h_sum=3", "Untyped h_count = 7 !Part\nUntyped h_sum = 3 !Part\n")]
    [TestCase("prometheus a_count=7,b_sum=3", "Untyped a_count = 7\nUntyped b_sum = 3\n")]
    [TestCase("prometheus_remote_write up=1", "Untyped up = 1\n")]
    public void Influx_OfALine_BecomesItsPoints(string line, string expected)
    {
        var (outcome, text) = _payloads.Read("influx", line);
        Assert.That(text, Is.EqualTo(expected));
        Assert.That(outcome, Is.EqualTo(FormatOutcome.Taken));
    }

    [TestCase("cpu", RefusalReason.MissingField)]
    [TestCase("cpu idle", RefusalReason.MissingField)]
    [TestCase(",a=b c=1", RefusalReason.MissingField)]
    [TestCase("cpu,a c=1", RefusalReason.Malformed)]
    [TestCase("cpu,a= c=1", RefusalReason.Malformed)]
    [TestCase("cpu a=", RefusalReason.BadNumber)]
    [TestCase("cpu a=1x", RefusalReason.BadNumber)]
    [TestCase("cpu a=99999999999999999999i", RefusalReason.BadNumber)]
    [TestCase("cpu a=1e999", RefusalReason.BadNumber)]
    [TestCase("cpu a=1 yesterday", RefusalReason.BadTime)]
    [TestCase("cpu a=1 -5", RefusalReason.BadTime)]
    [TestCase("cpu a=1 1763856000 7", RefusalReason.Malformed)]
    [TestCase("cpu a=\"open", RefusalReason.Malformed)]
    public void Influx_OfAWrongLine_IsRefusedAlone(string wrong, RefusalReason reason)
    {
        var (outcome, text) = _payloads.Read("influx", wrong.Contains('"') ? $"a b=1\n{wrong}" : $"a b=1\n{wrong}\nc d=2");
        Assert.That(outcome, Is.EqualTo(FormatOutcome.Partial), text);
        Assert.That(_payloads.Batch.CountOf(reason), Is.EqualTo(1), text);
        Assert.That(_payloads.Batch.Points.Length, Is.EqualTo(wrong.Contains('"') ? 1 : 2), text);
        Assert.That(_payloads.Batch.Refusals[^1].Detail, Does.StartWith("line 2"));
    }

    [Test]
    public void Influx_OfAHistogramThatContradictsItself_RefusesItAlone()
    {
        var (outcome, text) = _payloads.Read("influx", "a b=1\nh 5=2,1=-1,count=6,sum=3\nc d=2");
        Assert.That(outcome, Is.EqualTo(FormatOutcome.Partial));
        Assert.That(text, Is.EqualTo("Untyped a_b = 1\nUntyped c_d = 2\nBadHistogram: h: a count of -1\n"));
    }

    [Test]
    public void Influx_OfBytesThatAreNotUtf8_RefusesTheirLineAlone()
    {
        var (outcome, text) = _payloads.Read("influx", [.. "a b=1\nc,x="u8, 0xFF, .. " d=2\ne f=3"u8]);
        Assert.That(outcome, Is.EqualTo(FormatOutcome.Partial));
        Assert.That(text, Does.StartWith("Untyped a_b = 1\nUntyped e_f = 3\n"));
        Assert.That(_payloads.Batch.FaultCount, Is.GreaterThan(0));
    }

    [TestCase("up 1", "Untyped up = 1\n")]
    [TestCase("up{job=\"a\"} NaN 1395066363000", "Untyped up = NaN @1395066363000000000\n  labels: job=a\n")]
    [TestCase("x{p=\"C:\\\\d\",q=\"a\\\"b\\n\",} +Inf", "Untyped x = Infinity\n  labels: p=C:\\d q=a\"b\\n\n")]
    [TestCase("# TYPE a counter\na_total{x=\"1\"} 3", "Cumulative a_total = 3 Cumulative\n  labels: x=1\n")]
    [TestCase("# TYPE a_total counter\na_total 3", "Cumulative a_total = 3 Cumulative\n")]
    [TestCase("# TYPE a counter\n# UNIT a seconds\na_total 3 1520879607.789\na_created 1520872607\n# EOF",
        "Cumulative a_total [seconds] = 3 @1520879607789000000 since 1520872607000000000 Cumulative\n")]
    [TestCase("# HELP g help\n# TYPE g gauge\ng 1 # {trace=\"x\"} 0.5", "Gauge g = 1\n")]
    [TestCase("{\"my.metric\",\"a b\"=\"c\"} 2", "Untyped my.metric = 2\n  labels: a b=c\n")]
    [TestCase("# TYPE h histogram\nh_bucket{m=\"x\",le=\"0.1\"} 2\nh_bucket{m=\"x\",le=\"1\"} 5\nh_bucket{m=\"x\",le=\"+Inf\"} 6\n"
        + "h_sum{m=\"x\"} 3\nh_count{m=\"x\"} 6\nother 1",
        "Histogram h = 0.5 Cumulative\n  labels: m=x\n  count=6 sum=3 min=NaN max=NaN bounds=[0.1 1] counts=[2 3 1]\nUntyped other = 1\n")]
    [TestCase("# TYPE h histogram\nh_bucket{le=\"+Inf\",m=\"a\"} 1\nh_bucket{le=\"+Inf\",m=\"b\"} 2\nh_sum{m=\"a\"} 1\nh_sum{m=\"b\"} 1\n"
        + "h_count{m=\"a\"} 1\nh_count{m=\"b\"} 2",
        "Histogram h = 1 Cumulative\n  labels: m=a\n  count=1 sum=1 min=NaN max=NaN counts=[1]\n"
        + "Histogram h = 0.5 Cumulative\n  labels: m=b\n  count=2 sum=1 min=NaN max=NaN counts=[2]\n")]
    [TestCase("# TYPE s summary\ns{quantile=\"0.5\"} 4\ns{quantile=\"0.99\"} 9\ns_sum 40\ns_count 8",
        "Summary s = 5 Cumulative\n  count=8 sum=40 min=NaN max=NaN quantiles=[0.5 0.99] values=[4 9]\n")]
    [TestCase("# TYPE s summary\ns_sum 0\ns_count 0", "Summary s = NaN Cumulative\n  count=0 sum=0 min=NaN max=NaN\n")]
    [TestCase("# TYPE i info\ni_info{v=\"1\"} 1", "Gauge i_info = 1\n  labels: v=1\n")]
    public void PrometheusText_OfAPage_BecomesItsPoints(string page, string expected)
    {
        var (outcome, text) = _payloads.Read("prometheus_text", page);
        Assert.That(text, Is.EqualTo(expected));
        Assert.That(outcome, Is.EqualTo(FormatOutcome.Taken));
    }

    [TestCase("x{a=\"b\" 1", RefusalReason.Malformed)]
    [TestCase("x{a=b} 1", RefusalReason.Malformed)]
    [TestCase("x{a=\"b} 1", RefusalReason.Malformed)]
    [TestCase("x one", RefusalReason.BadNumber)]
    [TestCase("x", RefusalReason.BadNumber)]
    [TestCase("x 1 never", RefusalReason.BadTime)]
    [TestCase("x 1 2 3", RefusalReason.Malformed)]
    [TestCase("{a=\"b\"} 1", RefusalReason.MissingField)]
    [TestCase("# TYPE h histogram\nh_bucket 1", RefusalReason.MissingField)]
    [TestCase("# TYPE h histogram\nh 1", RefusalReason.BadHistogram)]
    [TestCase("# TYPE h histogram\nh_bucket{le=\"1\"} 5\nh_bucket{le=\"1\"} 5\nh_bucket{le=\"+Inf\"} 5", RefusalReason.BadHistogram)]
    public void PrometheusText_OfAWrongLine_IsRefusedAlone(string wrong, RefusalReason reason)
    {
        var (outcome, text) = _payloads.Read("prometheus_text", $"before 1\n{wrong}\nafter 2\n");
        Assert.That(outcome, Is.EqualTo(FormatOutcome.Partial), text);
        Assert.That(_payloads.Batch.CountOf(reason), Is.EqualTo(1), text);
        Assert.That(text, Does.Contain("before = 1").And.Contain("after = 2"));
        Assert.That(_payloads.Batch.Points.Length, Is.EqualTo(2), text);
    }

    [TestCase("influx", "m a=1\nm b=2\nm c=3")]
    [TestCase("prometheus_text", "a 1\nb 2\nc 3\n")]
    [TestCase("native_json", """{"model":"m","ts":1763856000,"metrics":{"a":1,"b":2,"c":3}}""")]
    [TestCase("telegraf_json", """{"name":"m","fields":{"a":1,"b":2,"c":3},"timestamp":1763856000}""")]
    [TestCase("victoriametrics_json", """{"metric":{"__name__":"x"},"values":[1,2,3],"timestamps":[1763856000,1763856001,1763856002]}""")]
    public void Read_OfMorePointsThanAllowed_TakesThoseBeforeAndSaysSo(string format, string payload)
    {
        var (outcome, _) = _payloads.Read(format, payload, new() { Points = 2 });
        Assert.That(outcome, Is.EqualTo(FormatOutcome.Partial));
        Assert.That(_payloads.Batch.Points.Length, Is.EqualTo(2));
        Assert.That(_payloads.Batch.CountOf(RefusalReason.TooManyPoints), Is.EqualTo(1));
        Assert.That(_payloads.Read(format, payload, new() { Points = 3 }).Outcome, Is.EqualTo(FormatOutcome.Taken));
    }
}
