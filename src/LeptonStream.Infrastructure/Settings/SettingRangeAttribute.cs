using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace LeptonStream.Settings;

/// <summary>The least and the most a setting may be. What it says names the setting, its value and what is allowed.</summary>
/// <param name="section">The section of the setting.</param>
/// <param name="least">The least value allowed.</param>
/// <param name="most">The most allowed.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SettingRangeAttribute(string section, int least, int most) : ValidationAttribute
{
    /// <summary>The section of the setting.</summary>
    public string Section => section;

    /// <summary>The least value allowed.</summary>
    public int Least => least;

    /// <summary>The most allowed.</summary>
    public int Most => most;

    /// <summary>A further hint for the reader of the error, in words.</summary>
    public string? Note { get; init; }

    /// <inheritdoc/>
    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext)
    {
        if (value is null) return ValidationResult.Success;
        var number = Convert.ToInt64(value, CultureInfo.InvariantCulture);
        if (number >= least && number <= most) return ValidationResult.Success;
        var note = Note is null ? "" : $" ({Note})";
        return new(string.Create(CultureInfo.InvariantCulture,
            $"{section}:{validationContext.MemberName} is {number}: it may be {least} to {most}{note}"));
    }
}
