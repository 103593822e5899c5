using LeptonStream.Detection.Cleaning;
using LeptonStream.Detection.Habits;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Policies.Presets;
using LeptonStream.Detection.Training;
using LeptonStream.Detectors;

namespace LeptonStream.Explanations;

/// <summary>The same as <see cref="EnglishAdvice"/> in Chinese.</summary>
internal static class ChineseAdvice
{
    public static string[] For(AlertFacts facts) => EndingAdvice(facts) ?? facts.Detector switch
    {
        ErrorCodeTracker.RuleName when facts.Xid is { } xid => ForXid(XidCodes.Find(xid)?.Action),
        ErrorCodeTracker.RuleName when LostTargets.IsAbout(facts) => LostTargets.AdviceInChinese,
        ErrorCodeTracker.RuleName when DataNotice.IsAbout(facts) => DataNotice.AdviceInChinese(facts),
        _ when LostTargets.IsOne(facts) => LostTargets.AdviceOfOneInChinese,
        ErrorCodeTracker.RuleName => ["在采集器（exporter）的文档中查找该代码。", "查看主机或服务在该时刻前后的日志。"],
        DetectorSet.NonFinite when facts.Kind == MetricKind.TrainingHealth => ForFinding(TrainingKind.NonFinite),
        DetectorSet.NonFinite => ["排查计算该指标时的除零或溢出。", "查看上报方在该时刻前后的日志。"],
        LostReadings.RuleName => ["在主机上运行 nvidia-smi（或采集器所用的工具）：设备可能无响应。", "重启采集器。", "若仍无读数，排空该主机。"],
        FrozenValueDetector.RuleName => ["确认指标背后的进程是否仍在工作：查看其日志与其他指标。", "若只是读数卡住，重启采集器；若作业本身卡住，重启作业。"],
        DetectorSet.NoProgress => ["单独向该副本发送一个短请求：若超时，先将其移出负载均衡。",
            "重启前先保存引擎日志与调用栈（py-spy dump）：卡死不会留下其他线索。", "重启该副本，并检查其主机上的 XID 与 NCCL 超时。"],
        BurstBook.RuleName => ["确认对应的定时作业是否已运行：查看其调度、最近一次运行与日志。", "若仍需要，请补跑；若已改期或停用，则无需处理。"],
        DetectorSet.Peers when facts.Peers is { } peers => ForPeer(peers.Label ?? "", facts.Kind),
        _ => ForKind(facts.Kind),
    };

    private static string[]? EndingAdvice(AlertFacts facts) => facts.HasLostItsBurst ? null : Endings.AdviceInChinese(facts.Change);

    public static string[] ForLimit(MetricKind kind) => kind switch
    {
        MetricKind.Cache or MetricKind.Memory => ["查看开始上升时的变化：流量、上下文长度，或从未释放的请求。", "在触及限值前扩容或切走流量。", "在触及限值前先重启一个副本，再定位泄漏。"],
        MetricKind.Disk => ["找出写入来源：检查点、日志、缓存或核心转储。", "删除或迁移旧检查点，或扩容磁盘。", "磁盘写满前先停止写入方：写入失败可能丢失检查点。"],
        MetricKind.Queue => ["对比每秒到达与完成的数量。", "扩容或限流。", "确认推理引擎仍有进展。"],
        MetricKind.Thermal => ["检查主机风扇、进风温度与功率上限。", "在降频之前调低功率上限或迁走负载。"],
        _ => ["确认开始时刻发生了什么变更。", "在预计时间之前腾出余量或提高限值。"],
    };

    public static string[] ForKind(MetricKind kind) => kind switch
    {
        MetricKind.TrainingHealth => ["对比该步的 loss、梯度范数与学习率。", "若已发散，停止作业，从最近的正常检查点恢复并跳过该批数据。", "检查此前数据、学习率或精度是否有变更。"],
        MetricKind.TrainingSpeed => ["横向比较各 rank 的单步耗时，找出慢的 rank 或主机。", "检查该主机的数据加载、网络与 GPU 时钟。", "若持续偏慢，隔离该主机。"],
        MetricKind.Latency => ["检查变更：模型版本、配置、流量结构。", "查看同一服务的排队深度与 KV 缓存占用。", "回滚最近一次发布或扩容。"],
        MetricKind.Queue => ["确认请求是否仍能完成：对比输出 token 与运行中的请求数。", "若有请求排队却无输出，重启推理引擎。", "扩容，或检查负载均衡与上游调用方。"],
        MetricKind.Output => ["查看运行中与排队的请求数：没有请求就没有输出。", "若有请求却无输出，重启推理引擎。", "检查最近一次发布以及该服务的 GPU。"],
        MetricKind.Cache => ["找出占用缓存的请求：长上下文，或从未释放的请求。", "在占满前扩容或切走流量。", "先重启一个副本，再定位泄漏。"],
        MetricKind.Errors => ["查看失败请求的日志。", "检查最近的部署及其依赖服务。", "定位期间先限流或切走流量。"],
        MetricKind.Quality => ["与昨日对比模型版本与提示词模板。", "检查金丝雀样本的输入数据。", "若质量持续偏低，回滚模型。"],
        MetricKind.DataDrift => ["与前几天的输入对比：来源、语言、客户端、字段与单位。", "确认效果指标是否同时变差：准确率、投诉、兜底次数。", "用近期数据重新训练或微调，或回滚引起变化的变更。"],
        MetricKind.DataQuality => ["确认数据源是否仍在发送：查看其日志、网络以及采集目标的 up。",
            "及时性低多为途中积压，时钟低为主机时间不准，唯一性或顺序性低为重复上报，稳定性低为标签不断变化。", 
            "该模型的其他告警可能由数据缺失引起：先核实，再采取行动。"],
        MetricKind.DataPipeline => ["检查上游任务及其最近一次运行。", "数据恢复之前，暂停使用该数据训练或建索引。", "源头修复后补数。"],
        MetricKind.GpuFault => ["在主机内核日志中查看 XID 与 ECC 信息。", "排空该 GPU；如故障要求则重启主机。", "重启后仍复现时，安排硬件检查。"],
        MetricKind.Link => ["查看主机的链路计数：NVLink、PCIe、InfiniBand。", "确认同一交换机上的其他主机是否有同样的错误。", "若错误持续，排空该主机，并检查线缆与端口。"],
        MetricKind.Thermal => ["检查主机风扇、进风温度与功率上限。", "与相邻 GPU 对比。", "若时钟已降频，先迁走负载。"],
        MetricKind.GpuUse => ["确认该 GPU 上的作业仍在运行且有进展。", "与作业的其他 GPU 对比：仅一块空闲多为该 rank 的问题，全部空闲则是作业的问题。", "检查主机的数据加载、时钟与 XID。"],
        MetricKind.Memory => ["找出占用增长的进程及开始时间。", "在主机日志中查找内存不足（OOM）信息。", "在内存耗尽前迁走负载或重启该进程。"],
        MetricKind.Disk => ["找出写入来源：检查点、日志、缓存或核心转储。", "删除或迁移旧检查点，或扩容磁盘。"],
        MetricKind.Host => ["找出占用 CPU 或被阻塞的进程。", "检查主机的磁盘与网络。", "若主机上的作业变慢，排空该主机。"],
        _ => ["查看曲线以及同一模型此刻的其他指标。", "确认开始时刻发生了什么变更：发布、配置或流量。"],
    };

    public static string[] ForFinding(TrainingKind kind) => kind switch
    {
        TrainingKind.SharedName => ["找出以同一名称上报的另一个作业，停止或改名。", "为每个作业设置各自的标签。"],
        TrainingKind.NonFinite or TrainingKind.LossDiverging or TrainingKind.WeightsJump or TrainingKind.LossStuck =>
            ["停止作业，从最近的正常检查点恢复。", "跳过出现异常前后的批次，或降低学习率。", "若在同一主机上复现，检测其内存。"],
        TrainingKind.LossSpike or TrainingKind.LossHigh or TrainingKind.GradientExplosion =>
            ["对比出现异常前后的 loss、梯度范数与学习率。", "检查这些步所用的数据。", "若不回落，从此前的检查点恢复。"],
        TrainingKind.GradientVanishing or TrainingKind.FrozenWeights => ["检查学习率、loss 缩放以及哪些参数参与训练。", "从出现异常之前的检查点恢复。"],
        TrainingKind.OptimizerShock => ["确认优化器状态是否随权重一起恢复。", "对比学习率与其计划。"],
        TrainingKind.EvaluationBroken or TrainingKind.Overfitting => ["检查评估数据及其版本。", "保留最佳检查点。", "考虑停止训练或加强正则化。"],
        TrainingKind.RepeatedData => ["检查采样器，以及上次恢复后数据加载器的状态。", "以新的数据顺序从出现异常之前恢复。"],
        TrainingKind.Plateau => ["与以往训练对比。", "考虑更换学习率或结束训练。"],
        TrainingKind.DataStall or TrainingKind.StepTimeDrift => ForKind(MetricKind.TrainingSpeed),
        _ => ["查看作业状态及最后的日志。", "从最近的检查点重启。", "让作业在正常结束时上报 finished: 1。"],
    };

    private static string[] ForXid(XidAction? action) => action switch
    {
        XidAction.Reboot => ["排空该主机，然后重置 GPU 或重启主机。", "在内核日志（dmesg）中查看该 XID 前后的信息。", "若重启两次后仍出现，安排硬件检查。"],
        XidAction.Inspect => ["排空该主机：该 GPU 上的任务会失败。", "安排硬件检查。", "在内核日志（dmesg）中查看该 XID 前后的信息。"],
        XidAction.CheckProgram => ["先查看该 GPU 上程序的日志：通常是程序自身的非法显存访问。", "若同一 GPU 上其他程序也失败，重置该 GPU。", "若仍复现，安排硬件检查。"],
        XidAction.Watch => ["查找此前是否有其他 XID：那才是原因。", "关注该 GPU 的 ECC 计数；若持续增长，计划更换。"],
        _ => ["在 NVIDIA 的 XID 目录中查找该代码。", "在内核日志（dmesg）中查看该 XID 前后的信息。"],
    };

    private static string[] ForPeer(string label, MetricKind kind)
    {
        var member = ChinesePeerText.Member(label);
        return
        [
            kind switch
            {
                MetricKind.Thermal => $"只需检查该{member}的散热与供电：其余均正常。",
                MetricKind.TrainingSpeed => $"检查该{member}所在主机的数据加载、网络、时钟与 XID。",
                _ => $"找出该{member}的不同之处：主机、时钟、链路、负载分配。",
            },
            $"将其任务迁到备用资源：若偏离随任务转移，是任务的问题；若留在原处，是该{member}的问题。",
            "若持续存在，隔离该主机。",
        ];
    }
}
