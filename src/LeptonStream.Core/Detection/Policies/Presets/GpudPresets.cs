using static LeptonStream.Detection.Policies.Direction;
using static LeptonStream.Detection.Policies.Presets.PresetEntry;

namespace LeptonStream.Detection.Policies.Presets;

/// <summary>gpud: GPUs, their links and the host under them.</summary>
internal static class GpudPresets
{
    private const string Gpu = "accelerator_nvidia_";

    // A disk fills over days, and whoever makes room on it needs some of them.
    private const double DiskHours = 96;

    public static readonly PresetEntry[] Entries =
    [
        Gauge("gpu.temp_c", "Cel", Up, "GPU temperature", "GPU 温度", Gpu + "temperature_current_celsius").Beyond(2).Compared(),
        Gauge("gpu.mem_temp_c", "Cel", Up, "memory temperature", "显存温度", Gpu + "temperature_current_hbm_celsius").Beyond(2),
        Gauge("gpu.temp_margin_c", "Cel", Down, "margin to the slowdown temperature", "距降频温度的余量", Gpu + "temperature_margin_celsius")
            .Beyond(2).Above(0, horizonHours: 1),
        Ignored("gpu.temp_limit_c", "slowdown temperature", "降频温度", Gpu + "temperature_slowdown_threshold_celsius"),
        Gauge("gpu.temp_used_pct", "%", Up, "temperature against the slowdown limit", "温度占降频阈值的比例",
            Gpu + "temperature_slowdown_used_percent", Gpu + "temperature_mem_max_used_percent").Beyond(2).Below(100, horizonHours: 1),
        Gauge("gpu.power_mw", "mW", Both, "GPU power", "GPU 功率", Gpu + "power_current_usage_milli_watts"),
        Ignored("gpu.power_limit_mw", "GPU power limit", "GPU 功率上限", Gpu + "power_enforced_limit_milli_watts"),
        Gauge("gpu.power_used_pct", "%", Both, "power against the limit", "功率占上限的比例", Gpu + "power_used_percent").Beyond(5),
        Gauge("gpu.util", "%", Down, "GPU utilization", "GPU 利用率", Gpu + "utilization_gpu_util_percent").Beyond(5).FollowingLoad(),
        Gauge("gpu.mem_util", "%", Both, "memory controller utilization", "显存控制器利用率",
            Gpu + "utilization_memory_util_percent").Beyond(5).FollowingLoad(),
        Gauge("gpu.mem_used", "By", Up, "GPU memory used", "GPU 显存占用", Gpu + "memory_used_bytes"),
        Gauge("gpu.mem_free", "By", Down, "free GPU memory", "GPU 空闲显存", Gpu + "memory_free_bytes").Above(0, horizonHours: 4),
        Ignored("gpu.mem_total", "GPU memory", "GPU 显存总量", Gpu + "memory_total_bytes", Gpu + "memory_reserved_bytes"),
        Gauge("gpu.mem_used_pct", "%", Up, "share of GPU memory used", "GPU 显存占用率",
            Gpu + "memory_used_percent").Below(100, horizonHours: 4),
        Gauge("gpu.sm_clock_mhz", "MHz", Down, "graphics clock", "图形时钟", Gpu + "clock_speed_graphics_mhz").FollowingLoad(),
        Gauge("gpu.mem_clock_mhz", "MHz", Down, "memory clock", "显存时钟", Gpu + "clock_speed_memory_mhz"),
        EventCode("gpu.throttled", Up, "hardware slowdown", "硬件降频", Gpu + "clock_hw_slowdown", Gpu + "clock_hw_slowdown_thermal",
            Gpu + "clock_hw_slowdown_power_brake"),
        Counter("gpu.ecc_corr", "1/s", Up, "corrected memory errors", "可纠正显存错误", Gpu + "ecc_aggregate_total_corrected",
            Gpu + "ecc_volatile_total_corrected"),
        EventCode("gpu.ecc_uncorr", Up, "uncorrected memory errors", "不可纠正显存错误", Gpu + "ecc_aggregate_total_uncorrected",
            Gpu + "ecc_volatile_total_uncorrected"),
        Counter("gpu.rows_remapped", "1/s", Up, "remapped memory rows", "重映射的显存行", Gpu + "remapped_rows_due_to_uncorrectable_errors"),
        EventCode("gpu.row_remap_pending", Up, "pending remap of memory rows", "待处理的显存行重映射", Gpu + "remapped_rows_remapping_pending"),
        EventCode("gpu.row_remap_failure", Up, "failure to remap memory rows", "显存行重映射失败", Gpu + "remapped_rows_remapping_failed"),
        Counter("gpu.nvlink_err", "1/s", Up, "NVLink errors", "NVLink 错误", Gpu + "nvlink_replay_errors", Gpu + "nvlink_recovery_errors",
            Gpu + "nvlink_crc_errors"),
        EventCode("gpu.nvlink_on", Down, "NVLink state", "NVLink 状态", Gpu + "nvlink_feature_enabled"),
        Counter("gpu.xid_count", "1/s", Up, "XID errors", "XID 错误数", Gpu + "xid_errors_total"),
        Counter("net.link_down", "1/s", Up, "InfiniBand link failures", "InfiniBand 链路中断", Gpu + "infiniband_link_downed"),
        Gauge("gpu.processes", null, Both, "processes on the GPU", "GPU 上的进程数", Gpu + "processes_running_total"),
        Gauge("gpu.sm_occupancy", "%", Down, "SM occupancy", "SM 占用率", Gpu + "gpm_gpu_sm_occupancy_percent").Beyond(5).FollowingLoad(),
        Gauge("gpu.tensor_active", "%", Down, "busy share of the tensor cores", "张量核心活跃率",
            Gpu + "gpm_gpu_any_tensor_util_percent").Beyond(5).FollowingLoad(),
        Gauge("gpu.pipe_active", "%", Both, "busy share of a pipe", "管线活跃率", Gpu + "gpm_gpu_*_percent").Beyond(5).FollowingLoad(),

        Gauge("host.cpu_pct", "%", Up, "CPU utilization", "CPU 利用率", "cpu_used_percent").Beyond(5),
        Gauge("host.mem_pct", "%", Up, "share of memory used", "内存占用率", "memory_used_percent").Beyond(1).Below(100, horizonHours: 4),
        Gauge("host.disk_free", "By", Down, "free disk space", "磁盘剩余空间", "disk_free_bytes").Above(0, DiskHours),
        Gauge("host.disk_used", "By", Up, "disk space used", "磁盘已用空间", "disk_used_bytes"),
        Gauge("host.disk_pct", "%", Up, "share of disk used", "磁盘占用率", "disk_used_percent").Beyond(1).Below(100, DiskHours),
        Ignored("host.disk_total", "disk space", "磁盘总量", "disk_total_bytes"),
        Gauge("net.edge_ms", "ms", Up, "network latency to the edge", "到边缘节点的网络时延", "network_latency_edge_in_milliseconds"),
        Gauge("host.zombies", null, Up, "zombie processes", "僵尸进程数", "os_zombie_processes"),
        Gauge("host.blocked", null, Up, "blocked processes", "阻塞的进程数", "os_blocked_processes", "os_blocked_processes_persistent"),
    ];
}
