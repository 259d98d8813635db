using System.Diagnostics;
using System.Text.Json;
using TaskServices.Tuning.Data;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace TaskServices.Tuning.Training;

/// <summary>Settings of one run; written into its manifest.</summary>
internal sealed record TrainingOptions
{
    public int Epochs { get; init; } = 3;

    /// <summary>Gets the time after which the schedule must have ended; the learning rate follows whichever of steps and time is further on.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromHours(24);

    public int Rank { get; init; } = 32;

    public double Alpha { get; init; } = 64;

    public double LearningRate { get; init; } = 6e-4;

    /// <summary>Gets the PEFT folder of the adapter that the run starts from; null for a fresh one.</summary>
    public string? InitialAdapter { get; init; }

    /// <summary>Gets the packs whose gradients make one step.</summary>
    public int Accumulation { get; init; } = 2;

    public int PackTokens { get; init; } = 1_300;

    public int Seed { get; init; } = 1;

    public TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromMinutes(4);
}

/// <summary>Where a run stands; saved with every checkpoint.</summary>
internal sealed record TrainingState(int Epoch, int NextPack, int Step, double ElapsedSeconds, double BestValidationLoss);

/// <summary>The training loop: packs in, adapter out, resumable after any interruption from its last checkpoint.</summary>
internal sealed class TrainingRun(
    LlamaWeights weights,
    PackBuilder packBuilder,
    Func<int, IReadOnlyList<TrainingDatabase>> trainingOfEpoch,
    IReadOnlyList<TrainingDatabase> validation,
    TrainingOptions options,
    string outputFolder,
    Action<string> report)
{
    private const double WarmUp = 0.03;
    private const double FinalShare = 0.05;
    private readonly LoraWeights _lora = LoraWeights.Create(weights, options.Rank, options.Alpha, options.Seed);

    public void Run(bool resume, CancellationToken cancellationToken)
    {
        if (options.InitialAdapter is { } initial && !resume)
        {
            _lora.LoadAdapter(initial);
        }

        using var optimizer = new AdamW(_lora.Parameters);
        var checkpoint = new Checkpoint(Path.Combine(outputFolder, "checkpoint"));
        var state = resume ? checkpoint.Load(_lora, optimizer) : new TrainingState(0, 0, 0, 0, double.MaxValue);
        var forward = new LlamaForward(weights, _lora);
        var validationPacks = packBuilder.Build(validation, seed: 0, augment: false).Take(24).ToList();
        using var log = new StreamWriter(Path.Combine(outputFolder, "log.jsonl"), append: resume);
        var clock = Stopwatch.StartNew();
        var before = state.ElapsedSeconds;
        var lastCheckpoint = TimeSpan.Zero;
        var (lossSum, lossCount) = (0.0, 0);
        for (var epoch = state.Epoch; epoch < options.Epochs; epoch++)
        {
            var packs = packBuilder.Build(trainingOfEpoch(epoch), options.Seed + epoch, augment: true);
            report($"epoch {epoch + 1}: {packs.Count} packs, {packs.Sum(pack => pack.Examples.Count):N0} questions");
            for (var i = epoch == state.Epoch ? state.NextPack : 0; i + options.Accumulation <= packs.Count; i += options.Accumulation)
            {
                var elapsed = before + clock.Elapsed.TotalSeconds;
                var progress = Math.Max(
                    (epoch + ((double)i / packs.Count)) / options.Epochs, elapsed / options.TimeLimit.TotalSeconds);
                var stop = progress >= 1 || cancellationToken.IsCancellationRequested;
                if (stop || clock.Elapsed - lastCheckpoint > options.CheckpointInterval)
                {
                    var validationLoss = Validate(forward, validationPacks);
                    state = new(epoch, i, state.Step, elapsed, Math.Min(state.BestValidationLoss, validationLoss));
                    checkpoint.Save(_lora, optimizer, state);
                    _lora.Save(Path.Combine(outputFolder, "adapter"));
                    lastCheckpoint = clock.Elapsed;
                    report($"checkpoint: epoch {epoch + 1}, pack {i} of {packs.Count}, step {state.Step}, validation loss {validationLoss:F4}");
                    log.WriteLine(JsonSerializer.Serialize(new { state.Step, elapsed, validation_loss = validationLoss }));
                    log.Flush();
                }

                if (stop)
                {
                    return;
                }

                lossSum += TrainStep(forward, optimizer, packs.Skip(i).Take(options.Accumulation).ToList(), state.Step + 1, LearningRate(progress), out var tokens);
                lossCount++;
                state = state with { Step = state.Step + 1 };
                if (state.Step % 20 == 0)
                {
                    var left = progress > 0.001 ? TimeSpan.FromSeconds(elapsed * (1 - progress) / progress) : TimeSpan.Zero;
                    report($"{progress,7:P1}  step {state.Step}  loss {lossSum / lossCount:F4}  {tokens} tokens in the last step  left {left:h\\:mm\\:ss}");
                    log.WriteLine(JsonSerializer.Serialize(new { state.Step, elapsed, loss = lossSum / lossCount, learning_rate = LearningRate(progress) }));
                    (lossSum, lossCount) = (0, 0);
                }
            }
        }

        _lora.Save(Path.Combine(outputFolder, "adapter"));
        report($"done: {state.Step} steps, validation loss {Validate(forward, validationPacks):F4}");
    }

    private static double TrainStep(LlamaForward forward, AdamW optimizer, List<Pack> packs, int step, double learningRate, out long tokens)
    {
        tokens = 0;
        var (loss, targets) = (0.0, 0L);
        foreach (var pack in packs)
        {
            using var scope = NewDisposeScope();
            using var sequence = PackedSequence.Create(pack.PrefixTokenIds, pack.Examples);
            var sum = F.cross_entropy(forward.Logits(sequence), sequence.Targets, reduction: nn.Reduction.Sum);
            sum.backward();
            loss += sum.item<float>();
            targets += sequence.Targets.numel();
            tokens += sequence.TokenIds.numel();
        }

        optimizer.Step(step, learningRate, 1.0 / targets);
        return loss / targets;
    }

    private static double Validate(LlamaForward forward, List<Pack> packs)
    {
        if (packs.Count == 0)
        {
            return double.NaN;
        }

        var (loss, targets) = (0.0, 0L);
        foreach (var pack in packs)
        {
            using var scope = NewDisposeScope();
            using var noGradient = no_grad();
            using var sequence = PackedSequence.Create(pack.PrefixTokenIds, pack.Examples);
            loss += F.cross_entropy(forward.Logits(sequence), sequence.Targets, reduction: nn.Reduction.Sum).item<float>();
            targets += sequence.Targets.numel();
        }

        return loss / targets;
    }

    private double LearningRate(double progress) => options.LearningRate * (progress < WarmUp
        ? Math.Max(progress, 1e-3) / WarmUp
        : FinalShare + ((1 - FinalShare) * (1 + Math.Cos(Math.PI * (progress - WarmUp) / (1 - WarmUp))) / 2));
}
