using LeptonStream.Detection.Cleaning;
using LeptonStream.Detection.Habits;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Policies.Presets;
using LeptonStream.Detection.Training;
using LeptonStream.Detectors;

namespace LeptonStream.Explanations;

/// <summary>
/// The advice for an alert, in English: by the kind of finding where that decides it, else by the metric, else in general.
/// </summary>
internal static class EnglishAdvice
{
    /// <summary>The advice for the alert of a series.</summary>
    public static string[] For(AlertFacts facts) => EndingAdvice(facts) ?? facts.Detector switch
    {
        ErrorCodeTracker.RuleName when facts.Xid is { } xid => ForXid(XidCodes.Find(xid)?.Action),
        ErrorCodeTracker.RuleName when LostTargets.IsAbout(facts) => LostTargets.AdviceInEnglish,
        ErrorCodeTracker.RuleName when DataNotice.IsAbout(facts) => DataNotice.AdviceInEnglish(facts),
        _ when LostTargets.IsOne(facts) => LostTargets.AdviceOfOneInEnglish,
        ErrorCodeTracker.RuleName => ["Look the code up in the exporter's documentation.",
            "Read the logs of the host or service around this time."],
        DetectorSet.NonFinite when facts.Kind == MetricKind.TrainingHealth => ForFinding(TrainingKind.NonFinite),
        DetectorSet.NonFinite => ["Find the division by zero or the overflow in whatever computes this metric.",
                "Read the logs of its producer around this time."],
        LostReadings.RuleName => ["Run nvidia-smi, or the tool the exporter uses, on the host: the device may not answer.",
            "Restart the exporter.", "If readings stay lost, drain the host."],
        FrozenValueDetector.RuleName => ["See whether the process behind the metric still works: its logs, its other metrics.",
            "Restart the exporter if only the reading hangs; restart the job if it hangs itself."],
        DetectorSet.NoProgress => ["Send one short request to this replica alone: if it times out, take the replica out of the balancer.",
            "Read the engine's log, and its stacks (py-spy dump), before you restart it: a hang leaves no other trace.",
            "Restart the replica. Look for XIDs and NCCL time-outs on its hosts."],
        BurstBook.RuleName => ["See whether the job behind the burst ran: its schedule, its last run, its logs.",
            "Run it if it is still needed. If it was moved or retired, nothing is to be done."],
        DetectorSet.Peers when facts.Peers is { } peers => ForPeer(peers.Label ?? "member", facts.Kind),
        _ => ForKind(facts.Kind),
    };

    // The alert of a burst that did not come closes, though nobody may have run its job.
    private static string[]? EndingAdvice(AlertFacts facts) => facts.HasLostItsBurst ? null : Endings.AdviceInEnglish(facts.Change);

    /// <summary>The advice for an early warning.</summary>
    public static string[] ForLimit(MetricKind kind) => kind switch
    {
        MetricKind.Cache or MetricKind.Memory =>
            ["See what grew since it began: traffic, context length, or requests that are never released.",
                "Add a replica or move traffic away before the limit.", "Restart one replica before the limit, then find the leak."],
        MetricKind.Disk =>
            ["Find what writes: checkpoints, logs, caches, core dumps.", "Delete or move old checkpoints, or enlarge the volume.",
                "Stop the writer before the disk is full: a failed write may lose a checkpoint."],
        MetricKind.Queue => ["Compare arrivals with finished requests per second.", "Add replicas or shed load.",
            "See whether the engine still makes progress."],
        MetricKind.Thermal => ["Check fans, inlet temperature and power limit of the host.",
            "Lower the power limit or move work away before clocks are throttled."],
        _ => ["See what changed when it began.", "Make room or raise the limit before the expected time."],
    };

    /// <summary>The advice for a kind of metric.</summary>
    public static string[] ForKind(MetricKind kind) => kind switch
    {
        MetricKind.TrainingHealth => ["Compare loss, gradient norm and learning rate at this step.",
            "If it diverges, stop the job and resume from the last good checkpoint, skipping the batch.",
            "Check for a change of data, learning rate or precision just before."],
        MetricKind.TrainingSpeed => ["Look for the slow rank or host: compare step time across ranks.",
            "Check data loading, network and GPU clocks of that host.", "Cordon the host if it stays slow."],
        MetricKind.Latency => ["Check what changed: model version, configuration, traffic mix.",
            "Look at queue depth and KV-cache usage of the same service.", "Roll back the last release or add replicas."],
        MetricKind.Queue => ["See whether requests still finish: tokens out against requests running.",
            "If requests wait and nothing comes out, restart the engine.",
            "Add replicas, or check the load balancer and upstream clients."],
        MetricKind.Output => ["Look at running and waiting requests: with no work there is no output.",
            "If there is work and no output, restart the engine.", "Check the last release and the GPUs of this service."],
        MetricKind.Cache => ["See which requests fill it: long contexts, or requests that are never released.",
            "Add a replica or move traffic away before it is full.", "Restart one replica, then find the leak."],
        MetricKind.Errors => ["Read the logs of the failing requests.", "Check the last deployment and the services it depends on.",
            "Shed or reroute traffic until the cause is found."],
        MetricKind.Quality => ["Compare the model version and prompt template with those of yesterday.",
            "Check the input data of the canary.", "Roll back the model if quality stays low."],
        MetricKind.DataDrift => ["Compare the input with that of the days before: source, language, client, schema, units.",
            "See whether quality falls with it: accuracy, complaints, fallbacks.",
            "Retrain or fine-tune on recent data, or roll back the change that caused it."],
        MetricKind.DataQuality => ["See whether the source still sends: its log, its network, its target's up.",
            "Low timeliness: a queue on the way. Low clock: the host's time. Low uniqueness or order: two senders.",
            "Low stability: changing labels.",
            "Other alerts of this model may come from missing data: check that before you act on them."],
        MetricKind.DataPipeline => ["Check the upstream job and its last run.",
            "Hold training or indexing on this data until it is clean.", "Backfill when the source is repaired."],
        MetricKind.GpuFault => ["Read the kernel log of the host for XID and ECC messages.",
            "Drain the GPU; reboot the host if the fault asks for it.", "Have the hardware inspected when it comes back after a reboot."],
        MetricKind.Link => ["Read the link counters of the host: NVLink, PCIe, InfiniBand.",
            "See whether other hosts on the same switch have the same errors.",
            "Drain the host if errors go on; have cable and port checked."],
        MetricKind.Thermal => ["Check fans, inlet temperature and power limit of the host.", "Compare with the neighbouring GPUs.",
            "Move work away if clocks are throttled."],
        MetricKind.GpuUse => ["See whether the job on this GPU still runs and makes progress.",
            "Compare with the other GPUs of the job: one idle GPU points to that rank, all of them to the job.",
            "Check data loading, clocks and XIDs of the host."],
        MetricKind.Memory => ["See which process grows, and since when.", "Look for out-of-memory messages in the logs of the host.",
            "Move work away or restart the process before memory runs out."],
        MetricKind.Disk => ["Find what writes: checkpoints, logs, caches, core dumps.",
            "Delete or move old checkpoints, or enlarge the volume."],
        MetricKind.Host => ["See which process takes the CPU or is blocked.", "Check disk and network of the host.",
            "Drain the host if jobs on it slow down."],
        _ => ["Look at the chart and at other metrics of the same model at this time.",
            "Find out what changed when it began: a release, a configuration, traffic."],
    };

    /// <summary>The advice for a finding in a training run.</summary>
    public static string[] ForFinding(TrainingKind kind) => kind switch
    {
        TrainingKind.SharedName => ["Find the second job that reports under this name, and stop or rename it.",
            "Give each job labels of its own."],
        TrainingKind.NonFinite or TrainingKind.LossDiverging or TrainingKind.WeightsJump or TrainingKind.LossStuck =>
            ["Stop the job and resume from the last good checkpoint.", "Skip the batches around the onset, or lower the learning rate.",
                "If it returns on the same host, test its memory."],
        TrainingKind.LossSpike or TrainingKind.LossHigh or TrainingKind.GradientExplosion =>
            ["Compare loss, gradient norm and learning rate around the onset.", "Look at the data of those steps.",
                "If it does not come back, resume from the checkpoint before."],
        TrainingKind.GradientVanishing or TrainingKind.FrozenWeights =>
            ["Check learning rate, loss scale and which parameters are trained.", "Resume from a checkpoint before the onset."],
        TrainingKind.OptimizerShock => ["See whether the optimizer's state was restored with the weights.",
            "Compare the learning rate with its schedule."],
        TrainingKind.EvaluationBroken or TrainingKind.Overfitting =>
            ["Check the evaluation data and their version.", "Keep the best checkpoint.", "Consider stopping, or more regularization."],
        TrainingKind.RepeatedData => ["Check the sampler and the state of the data loader after the last resume.",
            "Resume from before the onset with a new data order."],
        TrainingKind.Plateau => ["Compare with the runs before.", "Consider another learning rate, or ending the run."],
        TrainingKind.DataStall or TrainingKind.StepTimeDrift => ForKind(MetricKind.TrainingSpeed),
        _ => ["Look at the job's status and its last log lines.", "Restart it from the last checkpoint.",
            "Have the job report finished: 1 when it ends by itself."],
    };

    private static string[] ForXid(XidAction? action) => action switch
    {
        XidAction.Reboot => ["Drain the host, then reset the GPU or reboot.", "Read the kernel log (dmesg) for the lines around the XID.",
            "Have the hardware inspected if the XID comes back after two reboots."],
        XidAction.Inspect => ["Drain the host: work on this GPU will fail.", "Have the hardware inspected.",
            "Read the kernel log (dmesg) for the lines around the XID."],
        XidAction.CheckProgram =>
            ["Read the logs of the program on this GPU first: an illegal memory access of its own is the usual cause.",
                "If another program fails on the same GPU, reset the GPU.", "If it still comes back, have the hardware inspected."],
        XidAction.Watch => ["Look for another XID just before: that one is the cause.",
            "Watch the ECC counters of this GPU; plan a replacement if they keep growing."],
        _ => ["Look the code up in NVIDIA's XID catalogue.", "Read the kernel log (dmesg) for the lines around the XID."],
    };

    private static string[] ForPeer(string label, MetricKind kind) =>
    [
        kind switch
        {
            MetricKind.Thermal => $"Check cooling and power of this {label} only: the others are normal.",
            MetricKind.TrainingSpeed => $"Check data loading, network, clocks and XIDs of the host of this {label}.",
            _ => $"Find out how this {label} differs: host, clocks, links, share of the load.",
        },
        $"Move its work to a spare: if the deviation follows the work, it is the work; if it stays, it is the {label}.",
        "Cordon the host if it stays.",
    ];
}
