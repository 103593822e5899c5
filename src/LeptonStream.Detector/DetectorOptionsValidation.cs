using Microsoft.Extensions.Options;

namespace LeptonStream.Detector;

internal sealed class DetectorOptionsValidation : IValidateOptions<DetectorOptions>
{
    public ValidateOptionsResult Validate(string? name, DetectorOptions options)
    {
        List<string> wrong = [];
        if (string.IsNullOrWhiteSpace(options.GroupId)) wrong.Add("Detector:GroupId is empty: all detectors of one installation need the same name here");
        Within(nameof(options.BatchSize), options.BatchSize, 1, 100_000);
        Within(nameof(options.BatchWaitMs), options.BatchWaitMs, 0, 10_000);
        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);

        void Within(string setting, int value, int least, int most)
        {
            if (value < least || value > most) wrong.Add($"Detector:{setting} is {value}: it may be {least} to {most}");
        }
    }
}
