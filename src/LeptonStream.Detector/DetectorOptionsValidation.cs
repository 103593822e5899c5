using LeptonStream.Detector.Policies;
using LeptonStream.Kafka;
using LeptonStream.Policies;
using Microsoft.Extensions.Options;

namespace LeptonStream.Detector;

internal sealed class DetectorOptionsValidation(IOptions<KafkaOptions> kafka) : IValidateOptions<DetectorOptions>
{
    public ValidateOptionsResult Validate(string? name, DetectorOptions options)
    {
        List<string> wrong = [];
        if (string.IsNullOrWhiteSpace(options.GroupId))
            wrong.Add("Detector:GroupId is empty: all detectors of one installation need the same name here");
        if (LongestWait() is { } longest && (options.BatchWaitMs < 0 || options.BatchWaitMs > longest))
            wrong.Add($"Detector:BatchWaitMs is {options.BatchWaitMs}: it may be 0 to {longest}, a quarter of Kafka:SessionTimeoutMs "
                + $"(after half of it a worker stops publishing)");
        if (options.PoliciesFile is { Length: > 0 } file && PolicyFile.Read(file, out var errors) is null)
            wrong.AddRange(errors.Select(error => $"Detector:PoliciesFile: {error}"));
        if (Failpoints.Refusal is { } point) wrong.Add(point);
        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }

    private int? LongestWait()
    {
        try
        {
            return kafka.Value.SessionTimeoutMs / 4;
        }
        catch (OptionsValidationException)
        {
            // The Kafka settings speak for themselves.
            return null;
        }
    }
}
