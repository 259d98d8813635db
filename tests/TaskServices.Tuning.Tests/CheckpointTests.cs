using TaskServices.Inference;
using TaskServices.Inference.Adapters;
using TaskServices.Tuning.Training;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace TaskServices.Tuning.Tests;

public sealed class CheckpointTests(TrainingFixture fixture)
{
    private static readonly TrainingExample[] Examples = [new([20, 21, 22], [30, 31]), new([40], [50, 51])];

    [Fact]
    public void Load_AfterSave_ContinuesExactlyAsWithoutAStop()
    {
        using var folder = new TemporaryFolder();
        using var straight = LoraWeights.Create(fixture.Weights, rank: 2, alpha: 4, seed: 1);
        using var straightOptimizer = new AdamW(straight.Parameters);
        Train(straight, straightOptimizer, firstStep: 1);
        new Checkpoint(folder.Path).Save(straight, straightOptimizer, new(0, 1, 1, 2.5, 3));
        Train(straight, straightOptimizer, firstStep: 2);

        using var resumed = LoraWeights.Create(fixture.Weights, rank: 2, alpha: 4, seed: 99);
        using var resumedOptimizer = new AdamW(resumed.Parameters);
        var state = new Checkpoint(folder.Path).Load(resumed, resumedOptimizer);
        Train(resumed, resumedOptimizer, firstStep: 2);

        Assert.Equal(1, state.Step);
        foreach (var (name, value) in straight.Parameters)
        {
            Assert.Equal(0, (value - resumed.Parameters[name]).abs().max().item<float>());
        }
    }

    [Fact]
    public void Step_OnOneExample_LowersItsLoss()
    {
        using var lora = LoraWeights.Create(fixture.Weights, rank: 2, alpha: 4, seed: 1);
        using var optimizer = new AdamW(lora.Parameters);
        var before = Train(lora, optimizer, firstStep: 1);
        double after = before;
        for (var step = 2; step <= 5; step++)
        {
            after = Train(lora, optimizer, step);
        }

        Assert.True(after < before, $"{before} → {after}");
    }

    [Fact]
    public void Save_OfAnAdapter_IsReadByTheInferenceHost()
    {
        using var folder = new TemporaryFolder();
        using var lora = LoraWeights.Create(fixture.Weights, rank: 2, alpha: 4, seed: 1);
        lora.Save(folder.Path);
        using var adapter = LoraAdapter.Open(folder.Path);
        Assert.Equal(7 * fixture.Weights.Shape.Layers, adapter.Targets.Count);
    }

    [Fact]
    public void Load_WithoutCheckpoint_SaysWhatToDo()
    {
        using var folder = new TemporaryFolder();
        using var lora = LoraWeights.Create(fixture.Weights, rank: 2, alpha: 4, seed: 1);
        using var optimizer = new AdamW(lora.Parameters);
        var exception = Assert.Throws<InferenceException>(() => new Checkpoint(folder.Path).Load(lora, optimizer));
        Assert.Equal("CHECKPOINT_NOT_FOUND", exception.Reason);
    }

    private double Train(LoraWeights lora, AdamW optimizer, int firstStep)
    {
        using var scope = NewDisposeScope();
        using var sequence = PackedSequence.Create([10, 11, 12], Examples);
        var loss = F.cross_entropy(new LlamaForward(fixture.Weights, lora).Logits(sequence), sequence.Targets);
        loss.backward();
        optimizer.Step(firstStep, learningRate: 1e-2, gradientScale: 1);
        return loss.item<float>();
    }
}
