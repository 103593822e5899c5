using static LeptonStream.Detection.Policies.Direction;
using static LeptonStream.Detection.Policies.Presets.PresetEntry;

namespace LeptonStream.Detection.Policies.Presets;

/// <summary>
/// GPUs by OpenTelemetry's conventions for hardware, with the names that were before <c>hw.type</c>, those of OpenLIT's collector, and
/// those that a Prometheus page has for them.
/// </summary>
internal static class OtelHardwarePresets
{
    private const string Task = "hw.gpu.task";

    private static readonly string[] Utilization = ["hw.gpu.utilization", "hw_gpu_utilization_ratio"];
    private static readonly string[] Errors = ["hw.errors", "hw.gpu.errors"];

    public static readonly PresetEntry[] Entries =
    [
        Gauge("gpu.enc_util", "1", Both, "encoder utilization", "编码器利用率", Utilization)
            .Where(Task, "encoder").Beyond(0.05).FollowingLoad(),
        Gauge("gpu.dec_util", "1", Both, "decoder utilization", "解码器利用率", Utilization)
            .Where(Task, "decoder").Beyond(0.05).FollowingLoad(),
        Gauge("gpu.util", "1", Down, "GPU utilization", "GPU 利用率", Utilization).Beyond(0.05).FollowingLoad(),
        Gauge("gpu.mem_util", "1", Both, "memory controller utilization", "显存控制器利用率",
            "hw.gpu.memory.controller.utilization").Beyond(0.05).FollowingLoad(),
        Gauge("gpu.mem_used_frac", "1", Up, "share of GPU memory used", "GPU 显存占用率", "hw.gpu.memory.utilization",
            "hw_gpu_memory_utilization_ratio").Below(1, horizonHours: 4),
        Gauge("gpu.mem_used", "By", Up, "GPU memory used", "GPU 显存占用", "hw.gpu.memory.usage", "hw_gpu_memory_usage_bytes"),
        Gauge("gpu.mem_free", "By", Down, "free GPU memory", "GPU 空闲显存", "hw.gpu.memory.free",
            "hw_gpu_memory_free_bytes").Above(0, horizonHours: 4),
        Ignored("gpu.mem_total", "GPU memory", "GPU 显存总量", "hw.gpu.memory.limit", "hw_gpu_memory_limit_bytes"),
        Counter("gpu.pcie_bytes", "By/s", Both, "PCIe traffic", "PCIe 流量", "hw.gpu.io", "hw_gpu_io_bytes").FollowingLoad(),
        Gauge("gpu.temp_c", "Cel", Up, "GPU temperature", "GPU 温度", "hw.gpu.temperature").Beyond(2).Compared(),
        OfGpu(Gauge("gpu.temp_c", "Cel", Up, "GPU temperature", "GPU 温度", "hw.temperature",
            "hw_temperature_celsius").Beyond(2).Compared()),
        Gauge("gpu.power_w", "W", Both, "GPU power", "GPU 功率", "hw.gpu.power", "hw.gpu.power.draw").FollowingLoad(),
        OfGpu(Gauge("gpu.power_w", "W", Both, "GPU power", "GPU 功率", "hw.power", "hw_power_watts").FollowingLoad()),
        Ignored("gpu.power_limit_w", "GPU power limit", "GPU 功率上限", "hw.gpu.power.limit"),
        Counter("gpu.energy", "W", Both, "GPU energy", "GPU 能耗", "hw.gpu.energy", "hw.gpu.energy.consumed").FollowingLoad(),
        OfGpu(Counter("gpu.energy", "W", Both, "GPU energy", "GPU 能耗", "hw.energy", "hw_energy_joules").FollowingLoad()),
        Gauge("gpu.sm_clock_mhz", "MHz", Down, "SM clock", "SM 时钟", "hw.gpu.clock.graphics").FollowingLoad(),
        Gauge("gpu.mem_clock_mhz", "MHz", Down, "memory clock", "显存时钟", "hw.gpu.clock.memory"),
        OfGpu(Counter("gpu.ecc_corr", "1/s", Up, "corrected memory errors", "可纠正显存错误", Errors)
            .Where("error.type", "corrected")),
        OfGpu(EventCode("gpu.ecc_uncorr", Up, "uncorrected memory errors", "不可纠正显存错误", Errors)
            .Where("error.type", "uncorrected")),
    ];

    // Other components have such metrics, too.
    private static PresetEntry OfGpu(PresetEntry entry) => entry.Where("hw.type", "gpu");
}
