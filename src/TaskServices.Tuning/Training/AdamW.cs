using static TorchSharp.torch;

namespace TaskServices.Tuning.Training;

/// <summary>AdamW (Loshchilov and Hutter, arXiv 1711.05101) with gradient clipping by global norm; its state can be saved and restored.</summary>
internal sealed class AdamW : IDisposable
{
    private const double Beta1 = 0.9;
    private const double Beta2 = 0.99;
    private const double Epsilon = 1e-8;
    private const double WeightDecay = 0.01;
    private const double MaxGradientNorm = 1.0;

    private readonly IReadOnlyDictionary<string, Tensor> _parameters;
    private readonly Dictionary<string, Tensor> _first = [];
    private readonly Dictionary<string, Tensor> _second = [];

    public AdamW(IReadOnlyDictionary<string, Tensor> parameters)
    {
        _parameters = parameters;
        foreach (var (name, parameter) in parameters)
        {
            _first[name] = zeros_like(parameter).requires_grad_(false);
            _second[name] = zeros_like(parameter).requires_grad_(false);
        }
    }

    /// <summary>Gets the moments, named <c>first.*</c> and <c>second.*</c>.</summary>
    public IEnumerable<(string Name, Tensor Value)> State =>
        _first.Select(pair => ("first." + pair.Key, pair.Value)).Concat(_second.Select(pair => ("second." + pair.Key, pair.Value)));

    /// <summary>Applies the gathered gradients and clears them.</summary>
    /// <param name="step">1 for the first step.</param>
    /// <returns>The gradients' norm before clipping.</returns>
    public double Step(int step, double learningRate, double gradientScale)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var gradients = _parameters.Where(pair => pair.Value.grad is not null).ToDictionary(pair => pair.Key, pair => pair.Value.grad! * gradientScale);
        var norm = Math.Sqrt(gradients.Values.Sum(gradient => gradient.square().sum().item<float>()));
        var clip = norm > MaxGradientNorm ? MaxGradientNorm / norm : 1;
        foreach (var (name, gradient) in gradients)
        {
            var parameter = _parameters[name];
            gradient.mul_(clip);
            _first[name].mul_(Beta1).add_(gradient, alpha: 1 - Beta1);
            _second[name].mul_(Beta2).addcmul_(gradient, gradient, 1 - Beta2);
            var denominator = (_second[name] / (1 - Math.Pow(Beta2, step))).sqrt_().add_(Epsilon);
            parameter.mul_(1 - (learningRate * WeightDecay));
            parameter.addcdiv_(_first[name], denominator, -learningRate / (1 - Math.Pow(Beta1, step)));
            parameter.grad!.zero_();
        }

        return norm;
    }

    public void Load(IReadOnlyDictionary<string, Tensor> state)
    {
        using var noGradient = no_grad();
        foreach (var (name, value) in State)
        {
            value.copy_(state[name]);
        }
    }

    public void Dispose()
    {
        foreach (var (_, value) in State)
        {
            value.Dispose();
        }
    }
}
