using Microsoft.Extensions.Options;

namespace LeptonStream.Storage;

internal sealed class StorageOptionsValidation : IValidateOptions<StorageOptions>
{
    public ValidateOptionsResult Validate(string? name, StorageOptions options)
    {
        try
        {
            Database.KindOf(options.ConnectionString);
            return ValidateOptionsResult.Success;
        }
        catch (ArgumentException wrong)
        {
            return ValidateOptionsResult.Fail($"Storage:ConnectionString: {wrong.Message}");
        }
    }
}
