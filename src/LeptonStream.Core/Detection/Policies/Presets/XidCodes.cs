using System.Collections.Frozen;
using static LeptonStream.Detection.Policies.Presets.XidAction;

namespace LeptonStream.Detection.Policies.Presets;

/// <summary>The action that an XID asks of a person.</summary>
internal enum XidAction
{
    /// <summary>Nothing by itself: it follows another error, or is a count to watch.</summary>
    Watch = 0,

    /// <summary>Look at the program first: it is its fault more often than the GPU's.</summary>
    CheckProgram = 1,

    /// <summary>Drain the host and reboot it.</summary>
    Reboot = 2,

    /// <summary>Have the hardware inspected.</summary>
    Inspect = 3,
}

/// <summary>The meaning of a code of NVIDIA's driver.</summary>
/// <param name="English">Its meaning in English, in the middle of a sentence.</param>
/// <param name="Chinese">Its meaning in Chinese.</param>
/// <param name="Action">Advice in one sentence.</param>
/// <param name="IsGrave">Whether it stops work on the GPU until that is reset, rebooted or replaced.</param>
internal sealed record XidCode(string English, string Chinese, XidAction Action, bool IsGrave);

/// <summary>The XID codes of NVIDIA's driver: meaning, weight and what to do.</summary>
internal static class XidCodes
{
    /// <summary>The canonical name of metrics whose values are XIDs.</summary>
    public const string Canonical = "gpu.xid";

    /// <summary>Whether the codes of a metric name events and no state: that no more of them come says nothing of the device.</summary>
    /// <param name="canonical">The metric's canonical name; null where none is known.</param>
    public static bool AreEvents(string? canonical) => canonical is Canonical or "gpu.sxid";

    private static readonly FrozenDictionary<int, XidCode> Known = Table();

    /// <summary>The meaning of a code, or null where it is not in the table.</summary>
    public static XidCode? Find(int code) => Known.GetValueOrDefault(code);

    /// <summary>Whether a value of a metric is a code that stops work on the GPU.</summary>
    /// <param name="canonical">The metric's canonical name, or null.</param>
    /// <param name="code">The value.</param>
    public static bool IsGrave(string? canonical, double code) =>
        canonical == Canonical && code is > 0 and < 10_000 && Find((int)code) is { IsGrave: true };

    private static FrozenDictionary<int, XidCode> Table()
    {
        var table = new Dictionary<int, XidCode>();
        Grave(Reboot, "the driver could not program the GPU", "驱动对 GPU 编程出错", 9);
        Grave(Reboot, "the driver failed to handle a GPU exception", "驱动处理 GPU 异常失败", 12);
        Grave(Reboot, "the display engine hung", "显示引擎挂起", 16);
        Grave(Reboot, "bus mastering was disabled in the PCI configuration", "PCI 配置中总线主控被关闭", 18);
        Grave(Reboot, "display engine error", "显示引擎错误", 19);
        Grave(Reboot, "framebuffer time-out", "帧缓冲超时", 26);
        Grave(Reboot, "video memory interface error", "显存接口错误", 27, 28, 29);
        Grave(Reboot, "GPU semaphore access error", "GPU 信号量访问错误", 30);
        Grave(Reboot, "invalid or corrupted push buffer", "命令推送缓冲区无效或损坏", 32);
        Grave(Reboot, "internal micro-controller error", "内部微控制器错误", 33, 59);
        Grave(Reboot, "video processor exception", "视频处理器异常", 34, 35, 36, 42, 47, 60, 65);
        Grave(Reboot, "driver firmware error", "驱动固件错误", 38);
        Grave(Reboot, "graphics engine fault during a context switch", "上下文切换时图形引擎故障", 44);
        Grave(Reboot, "the GPU stopped processing", "GPU 停止处理", 46);
        Grave(Reboot, "double-bit ECC error (uncorrectable)", "双比特 ECC 错误（不可纠正）", 48);
        Grave(Reboot, "internal micro-controller breakpoint", "内部微控制器断点", 61);
        Grave(Reboot, "internal micro-controller halt", "内部微控制器停机", 62);
        Grave(Reboot, "a bad memory page or row was recorded for retirement or remapping",
            "已登记待退役的显存页或待重映射的显存行", 63);
        Grave(Reboot, "retiring a memory page or remapping a row failed", "显存页退役或行重映射失败", 64);
        Grave(Reboot, "video decoder exception", "视频解码器异常", 68);
        Grave(Reboot, "graphics engine class error", "图形引擎类错误", 69);
        Grave(Reboot, "NVLink error", "NVLink 错误", 74);
        Grave(Reboot, "vGPU start error", "vGPU 启动错误", 78);
        Grave(Reboot, "the GPU has fallen off the bus", "GPU 掉卡（从总线上消失）", 79);
        Grave(Inspect, "VGA subsystem error", "VGA 子系统错误", 81);
        Grave(Reboot, "contained ECC error: the program that used the memory was stopped",
            "已隔离的 ECC 错误：使用该显存的程序被终止", 94);
        Grave(Reboot, "uncontained ECC error: all programs on the GPU are affected",
            "未隔离的 ECC 错误：该 GPU 上所有程序都受影响", 95);
        Grave(Reboot, "security fault", "安全故障", 110);
        Grave(Reboot, "time-out of a call to the GPU system processor (GSP)", "GSP 调用超时", 119);
        Grave(Reboot, "error of the GPU system processor (GSP)", "GSP 错误", 120);
        Grave(Reboot, "C2C link error", "C2C 链路错误", 121);
        Grave(Reboot, "power management call failed", "电源管理调用失败", 123);
        Grave(Reboot, "unrecovered ECC error", "未恢复的 ECC 错误", 140);
        Grave(Inspect, "GPU initialization failed", "GPU 初始化失败", 143);
        Mild(CheckProgram, "graphics engine exception", "图形引擎异常", 13);
        Mild(CheckProgram, "GPU memory page fault", "GPU 显存缺页", 31);
        Mild(CheckProgram, "the program was stopped after an error", "程序因错误被停止", 43);
        Mild(CheckProgram, "context switch time-out", "上下文切换超时", 109);
        Mild(CheckProgram, "NVLink privilege error", "NVLink 权限错误", 137);
        Mild(CheckProgram, "interrupt in confidential computing mode", "机密计算模式下的中断", 170);
        Mild(Watch, "clean-up after an earlier error", "先前错误后的清理", 45);
        Mild(Watch, "high rate of single-bit ECC errors (corrected)", "单比特 ECC 错误率过高（已纠正）", 92);
        Mild(Watch, "the driver changed which recovery the GPU needs", "驱动更改了该 GPU 所需的恢复方式", 154);
        Mild(Reboot, "NVLink error", "NVLink 错误", 144, 145, 146, 147, 148, 149, 150, 155);
        Mild(Reboot, "key rotation error", "密钥轮换错误", 151);
        Mild(Reboot, "a memory resource was retired", "显存资源已退役", 156);
        Mild(Inspect, "retiring a memory resource failed", "显存资源退役失败", 157);
        Mild(Reboot, "GPU time-out", "GPU 超时", 158);
        Mild(Reboot, "link or firmware error", "链路或固件错误", 163, 166, 167, 169, 172, 173);
        return table.ToFrozenDictionary();

        void Grave(XidAction action, string english, string chinese, params ReadOnlySpan<int> codes) =>
            Add(codes, new(english, chinese, action, IsGrave: true));
        void Mild(XidAction action, string english, string chinese, params ReadOnlySpan<int> codes) =>
            Add(codes, new(english, chinese, action, IsGrave: false));
        void Add(ReadOnlySpan<int> codes, XidCode meaning)
        {
            foreach (var code in codes) table.Add(code, meaning);
        }
    }
}
