using System.Runtime.Intrinsics;

namespace LeptonStream.Detectors;

/// <summary>Eight values, each to a 255th of their range: 16 bytes instead of 32.</summary>
internal struct QuantizedHistory
{
    private const int Steps = 255;

    private float _lowest;
    private float _step;
    private ulong _places;

    public readonly Vector256<float> Shape
    {
        get
        {
            var places = Vector128.WidenLower(Vector128.CreateScalar(_places).AsByte());
            var lanes = Vector256.Create(Vector128.WidenLower(places), Vector128.WidenUpper(places)).AsInt32();
            return Vector256.Create(_lowest) + (Vector256.Create(_step) * Vector256.ConvertToSingle(lanes));
        }
    }

    /// <summary>Moves all eight values by as much.</summary>
    public void Shift(float by) => _lowest += by;

    /// <param name="shape">Finite values.</param>
    public static QuantizedHistory Of(Vector256<float> shape)
    {
        var (lowest, highest) = (shape[0], shape[0]);
        for (var i = 1; i < Vector256<float>.Count; i++) (lowest, highest) = (Math.Min(lowest, shape[i]), Math.Max(highest, shape[i]));
        var step = (highest - lowest) / Steps;
        ulong places = 0;
        if (step > 0)
            for (var i = 0; i < Vector256<float>.Count; i++)
                places |= (ulong)Math.Clamp(MathF.Round((shape[i] - lowest) / step), 0, Steps) << (8 * i);
        return new() { _lowest = lowest, _step = step, _places = places };
    }
}
