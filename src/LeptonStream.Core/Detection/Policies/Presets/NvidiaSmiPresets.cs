using static LeptonStream.Detection.Policies.Direction;
using static LeptonStream.Detection.Policies.Presets.PresetEntry;

namespace LeptonStream.Detection.Policies.Presets;

/// <summary>Telegraf's plugin <c>nvidia_smi</c>, under the names that its fields get.</summary>
internal static class NvidiaSmiPresets
{
    private const string Gpu = "nvidia_smi_";

    public static readonly PresetEntry[] Entries =
    [
        Gauge("gpu.temp_c", "Cel", Up, "GPU temperature", "GPU 温度", Gpu + "temperature_gpu").Beyond(2).Compared(),
        Gauge("gpu.mem_temp_c", "Cel", Up, "memory temperature", "显存温度", Gpu + "temperature_memory").Beyond(2),
        Gauge("gpu.temp_margin_c", "Cel", Down, "margin to the slowdown temperature", "距降频温度的余量",
                Gpu + "temperature_gpu_tlimit")
            .Beyond(2).Above(0, horizonHours: 1),
        Ignored("gpu.temp_limit_c", "limit of the temperature", "温度上限", Gpu + "temperature_*_threshold",
            Gpu + "temperature_gpu_target*"),
        Gauge("gpu.util", "%", Down, "GPU utilization", "GPU 利用率", Gpu + "utilization_gpu").Beyond(5).FollowingLoad(),
        Gauge("gpu.mem_util", "%", Both, "memory controller utilization", "显存控制器利用率",
            Gpu + "utilization_memory").Beyond(5).FollowingLoad(),
        Gauge("gpu.enc_util", "%", Both, "encoder utilization", "编码器利用率",
            Gpu + "utilization_encoder").Beyond(5).FollowingLoad(),
        Gauge("gpu.dec_util", "%", Both, "decoder utilization", "解码器利用率",
            Gpu + "utilization_decoder").Beyond(5).FollowingLoad(),
        Gauge("gpu.mem_used", "MiBy", Up, "GPU memory used", "GPU 显存占用", Gpu + "memory_used"),
        Gauge("gpu.mem_free", "MiBy", Down, "free GPU memory", "GPU 空闲显存", Gpu + "memory_free").Above(0, horizonHours: 4),
        Gauge("gpu.mem_reserved", "MiBy", Both, "reserved GPU memory", "GPU 保留显存", Gpu + "memory_reserved"),
        Ignored("gpu.mem_total", "GPU memory", "GPU 显存总量", Gpu + "memory_total"),
        Gauge("gpu.power_w", "W", Both, "GPU power", "GPU 功率", Gpu + "power_draw").FollowingLoad(),
        Ignored("gpu.power_limit_w", "GPU power limit", "GPU 功率上限", Gpu + "power_limit", Gpu + "power_limit_*"),
        Gauge("gpu.sm_clock_mhz", "MHz", Down, "SM clock", "SM 时钟", Gpu + "clocks_current_sm").FollowingLoad(),
        Gauge("gpu.mem_clock_mhz", "MHz", Down, "memory clock", "显存时钟", Gpu + "clocks_current_memory"),
        Counter("gpu.throttle_s", "us/s", Up, "throttled time", "降频时间", Gpu + "clocks_event_reasons_counters_*"),
        Counter("gpu.ecc_corr", "1/s", Up, "corrected memory errors", "可纠正显存错误", Gpu + "ecc_errors_volatile_dram_correctable",
            Gpu + "ecc_errors_volatile_sram_correctable", Gpu + "ecc_errors_aggregate_dram_correctable",
            Gpu + "ecc_errors_aggregate_sram_correctable"),
        EventCode("gpu.ecc_uncorr", Up, "uncorrected memory errors", "不可纠正显存错误",
            Gpu + "ecc_errors_volatile_dram_uncorrectable",
            Gpu + "ecc_errors_volatile_sram_uncorrectable", Gpu + "ecc_errors_aggregate_dram_uncorrectable",
            Gpu + "ecc_errors_aggregate_sram_uncorrectable"),
        Counter("gpu.retired_pages", "1/s", Up, "retired memory pages", "退役的显存页", Gpu + "retired_pages_multiple_single_bit",
            Gpu + "retired_pages_double_bit"),
        Counter("gpu.rows_remapped", "1/s", Up, "remapped memory rows", "重映射的显存行", Gpu + "remapped_rows_uncorrectable",
            Gpu + "remapped_rows_correctable"),
    ];
}
