using TaskServices.Testing;
using TaskServices.Tuning.Native;
using TaskServices.Tuning.Training;
using static TorchSharp.torch;

[assembly: AssemblyFixture(typeof(TaskServices.Tuning.Tests.TrainingFixture))]

namespace TaskServices.Tuning.Tests;

/// <summary>The bundled base model in fp32, loaded once for all tests.</summary>
public sealed class TrainingFixture : IDisposable
{
    private readonly Lazy<LlamaWeights> _weights = new(() => LlamaWeights.Load(
        TestFiles.InRepository("models", "smollm2-135m-instruct", "SmolLM2-135M-Instruct.Q4_1.gguf"), ScalarType.Float32));

    // Before any test touches TorchSharp, which looks for its native library once.
    public TrainingFixture() => LibTorch.Prepare();

    internal LlamaWeights Weights => _weights.Value;

    public void Dispose()
    {
        if (_weights.IsValueCreated)
        {
            _weights.Value.Dispose();
        }
    }
}
