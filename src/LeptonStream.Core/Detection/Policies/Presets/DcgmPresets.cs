using static LeptonStream.Detection.Policies.Direction;
using static LeptonStream.Detection.Policies.Presets.PresetEntry;

namespace LeptonStream.Detection.Policies.Presets;

/// <summary>NVIDIA's DCGM exporter: what it shows by default and what is often turned on.</summary>
internal static class DcgmPresets
{
    public static readonly PresetEntry[] Entries =
    [
        Gauge("gpu.util", "%", Down, "GPU utilization", "GPU 利用率", "DCGM_FI_DEV_GPU_UTIL").Beyond(5).FollowingLoad(),
        Gauge("gpu.mem_util", "%", Both, "memory controller utilization", "显存控制器利用率",
            "DCGM_FI_DEV_MEM_COPY_UTIL").Beyond(5).FollowingLoad(),
        Gauge("gpu.enc_util", "%", Both, "encoder utilization", "编码器利用率", "DCGM_FI_DEV_ENC_UTIL").Beyond(5).FollowingLoad(),
        Gauge("gpu.dec_util", "%", Both, "decoder utilization", "解码器利用率", "DCGM_FI_DEV_DEC_UTIL").Beyond(5).FollowingLoad(),
        Gauge("gpu.temp_c", "Cel", Up, "GPU temperature", "GPU 温度", "DCGM_FI_DEV_GPU_TEMP").Beyond(2).Compared(),
        Gauge("gpu.mem_temp_c", "Cel", Up, "memory temperature", "显存温度", "DCGM_FI_DEV_MEMORY_TEMP").Beyond(2),
        Gauge("gpu.power_w", "W", Both, "GPU power", "GPU 功率", "DCGM_FI_DEV_POWER_USAGE").FollowingLoad(),
        Counter("gpu.energy", "mW", Both, "GPU energy", "GPU 能耗", "DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION").FollowingLoad(),
        Gauge("gpu.sm_clock_mhz", "MHz", Down, "SM clock", "SM 时钟", "DCGM_FI_DEV_SM_CLOCK").FollowingLoad(),
        Gauge("gpu.mem_clock_mhz", "MHz", Down, "memory clock", "显存时钟", "DCGM_FI_DEV_MEM_CLOCK"),
        Gauge("gpu.mem_used", "MiBy", Up, "GPU memory used", "GPU 显存占用", "DCGM_FI_DEV_FB_USED"),
        Gauge("gpu.mem_free", "MiBy", Down, "free GPU memory", "GPU 空闲显存", "DCGM_FI_DEV_FB_FREE").Above(0, horizonHours: 4),
        Gauge("gpu.mem_reserved", "MiBy", Both, "reserved GPU memory", "GPU 保留显存", "DCGM_FI_DEV_FB_RESERVED"),
        Ignored("gpu.mem_total", "GPU memory", "GPU 显存总量", "DCGM_FI_DEV_FB_TOTAL"),
        Gauge("gpu.mem_used_frac", "1", Up, "share of GPU memory used", "GPU 显存占用率",
            "DCGM_FI_DEV_FB_USED_PERCENT").Below(1, horizonHours: 4),
        Ignored("gpu.vgpu_license", "vGPU licence", "vGPU 许可", "DCGM_FI_DEV_VGPU_LICENSE_STATUS"),
        EventCode("gpu.xid", Up, "last XID error", "最近的 XID 错误", "DCGM_FI_DEV_XID_ERRORS"),
        Gauge("gpu.xid_count", null, Up, "XID errors in the window", "窗口内的 XID 错误数", "DCGM_EXP_XID_ERRORS_COUNT"),
        Gauge("gpu.clock_events", null, Up, "clock events in the window", "窗口内的时钟事件数", "DCGM_EXP_CLOCK_EVENTS_COUNT"),
        EventCode("gpu.health", Up, "GPU health status", "GPU 健康状态", "DCGM_EXP_GPU_HEALTH_STATUS"),
        EventCode("gpu.p2p", Up, "peer-to-peer status", "P2P 状态", "DCGM_EXP_P2P_STATUS"),

        Counter("gpu.ecc_corr", "1/s", Up, "corrected memory errors", "可纠正显存错误", "DCGM_FI_DEV_ECC_SBE_VOL_TOTAL",
            "DCGM_FI_DEV_ECC_SBE_AGG_TOTAL"),
        EventCode("gpu.ecc_uncorr", Up, "uncorrected memory errors", "不可纠正显存错误", "DCGM_FI_DEV_ECC_DBE_VOL_TOTAL",
            "DCGM_FI_DEV_ECC_DBE_AGG_TOTAL"),
        Counter("gpu.retired_pages", "1/s", Up, "retired memory pages", "退役的显存页", "DCGM_FI_DEV_RETIRED_SBE", "DCGM_FI_DEV_RETIRED_DBE",
            "DCGM_FI_DEV_RETIRED_PENDING"),
        Counter("gpu.rows_remapped", "1/s", Up, "remapped memory rows", "重映射的显存行", "DCGM_FI_DEV_UNCORRECTABLE_REMAPPED_ROWS",
            "DCGM_FI_DEV_CORRECTABLE_REMAPPED_ROWS"),
        EventCode("gpu.row_remap_failure", Up, "failure to remap memory rows", "显存行重映射失败", "DCGM_FI_DEV_ROW_REMAP_FAILURE"),
        Counter("gpu.pcie_replays", "1/s", Up, "PCIe replays", "PCIe 重传", "DCGM_FI_DEV_PCIE_REPLAY_COUNTER"),
        Counter("gpu.nvlink_err", "1/s", Up, "NVLink errors", "NVLink 错误", "DCGM_FI_DEV_NVLINK_CRC_FLIT_ERROR_COUNT_TOTAL",
            "DCGM_FI_DEV_NVLINK_CRC_DATA_ERROR_COUNT_TOTAL",
            "DCGM_FI_DEV_NVLINK_REPLAY_ERROR_COUNT_TOTAL", "DCGM_FI_DEV_NVLINK_RECOVERY_ERROR_COUNT_TOTAL"),
        Counter("gpu.nvlink_bytes", "1/s", Both, "NVLink traffic", "NVLink 流量", "DCGM_FI_DEV_NVLINK_BANDWIDTH_TOTAL").FollowingLoad(),
        Counter("gpu.throttle_s", "ns/s", Up, "throttled time", "降频时间", "DCGM_FI_DEV_POWER_VIOLATION", "DCGM_FI_DEV_THERMAL_VIOLATION",
            "DCGM_FI_DEV_SYNC_BOOST_VIOLATION",
            "DCGM_FI_DEV_BOARD_LIMIT_VIOLATION", "DCGM_FI_DEV_RELIABILITY_VIOLATION"),
        Counter("gpu.low_util_s", "ns/s", Both, "time at low utilization", "低利用率时间", "DCGM_FI_DEV_LOW_UTIL_VIOLATION").FollowingLoad(),

        Gauge("gpu.engine_active", "1", Down, "busy share of the graphics engine", "图形引擎活跃率",
            "DCGM_FI_PROF_GR_ENGINE_ACTIVE").Beyond(0.05).FollowingLoad(),
        Gauge("gpu.sm_active", "1", Down, "busy share of the SMs", "SM 活跃率", "DCGM_FI_PROF_SM_ACTIVE").Beyond(0.05).FollowingLoad(),
        Gauge("gpu.sm_occupancy", "1", Down, "SM occupancy", "SM 占用率", "DCGM_FI_PROF_SM_OCCUPANCY").Beyond(0.05).FollowingLoad(),
        Gauge("gpu.tensor_active", "1", Down, "busy share of the tensor cores", "张量核心活跃率",
            "DCGM_FI_PROF_PIPE_TENSOR_ACTIVE").Beyond(0.05).FollowingLoad(),
        Gauge("gpu.pipe_active", "1", Both, "busy share of a floating point pipe", "浮点管线活跃率", "DCGM_FI_PROF_PIPE_FP64_ACTIVE",
            "DCGM_FI_PROF_PIPE_FP32_ACTIVE", "DCGM_FI_PROF_PIPE_FP16_ACTIVE").Beyond(0.05).FollowingLoad(),
        Gauge("gpu.dram_active", "1", Both, "busy share of the memory", "显存带宽活跃率", "DCGM_FI_PROF_DRAM_ACTIVE").Beyond(0.05).FollowingLoad(),
        Gauge("gpu.pcie_bytes", "By/s", Both, "PCIe traffic", "PCIe 流量", "DCGM_FI_PROF_PCIE_TX_BYTES",
            "DCGM_FI_PROF_PCIE_RX_BYTES").FollowingLoad(),
        Gauge("gpu.nvlink_rate", "By/s", Both, "NVLink traffic", "NVLink 流量", "DCGM_FI_PROF_NVLINK_TX_BYTES",
            "DCGM_FI_PROF_NVLINK_RX_BYTES").FollowingLoad(),
    ];
}
