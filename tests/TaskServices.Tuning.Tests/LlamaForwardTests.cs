using System.Text.Json;
using TaskServices.Testing;
using TaskServices.Tuning.Training;
using static TorchSharp.torch;

namespace TaskServices.Tuning.Tests;

public sealed class LlamaForwardTests(TrainingFixture fixture)
{
    [Fact]
    public void Logits_OfTheBundledModel_EqualTheReference()
    {
        var path = TestFiles.TryShared("fixtures", "models", "smollm2-135m", "expected.json");
        Assert.SkipWhen(path is null, "../shared/fixtures is absent.");
        using var document = JsonDocument.Parse(File.ReadAllText(path));
        var forward = new LlamaForward(fixture.Weights, lora: null);
        foreach (var example in document.RootElement.GetProperty("cases").EnumerateArray().Take(4))
        {
            using var scope = NewDisposeScope();
            using var noGradient = no_grad();
            var tokenIds = example.GetProperty("input_ids").EnumerateArray().Select(id => id.GetInt32()).ToArray();
            using var sequence = PackedSequence.Create(tokenIds[..1], [new(tokenIds[1..], [0])]);
            var logits = forward.Logits(sequence);
            var deviation = logits.std().item<float>();
            foreach (var (id, expected) in example.GetProperty("top20_ids").EnumerateArray().Zip(example.GetProperty("top20_logits").EnumerateArray()))
            {
                Assert.InRange(logits[0, id.GetInt32()].item<float>(), expected.GetSingle() - (deviation * 1e-3f), expected.GetSingle() + (deviation * 1e-3f));
            }
        }
    }

    [Fact]
    public void Logits_OfPackedExamples_EqualThoseOfEachAlone()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var lora = LoraWeights.Create(fixture.Weights, rank: 4, alpha: 8, seed: 3);
        // From a seed of its own, and small: random weights of any size make logits whose rounding alone exceeds the bound below.
        using var random = new Generator(7);
        foreach (var (name, parameter) in lora.Parameters)
        {
            if (name.Contains("lora_B", StringComparison.Ordinal))
            {
                parameter.copy_(randn(parameter.shape, generator: random) * 0.01);
            }
        }

        var forward = new LlamaForward(fixture.Weights, lora);
        int[] prefix = [10, 11, 12, 13, 14];
        TrainingExample[] examples = [new([20, 21, 22], [30, 31]), new([40], [50, 51, 52, 53]), new([60, 61], [70])];
        using var packed = PackedSequence.Create(prefix, examples);
        var together = forward.Logits(packed);
        var row = 0;
        foreach (var example in examples)
        {
            using var alone = PackedSequence.Create(prefix, [example]);
            var logits = forward.Logits(alone);
            for (var i = 0; i < example.TargetTokenIds.Length; i++, row++)
            {
                Assert.InRange((logits[i] - together[row]).abs().max().item<float>(), 0, 1e-3f);
                Assert.Equal(example.TargetTokenIds[i], packed.Targets[row].item<long>());
            }
        }

        Assert.Equal(row, packed.Rows.numel());
    }
}
