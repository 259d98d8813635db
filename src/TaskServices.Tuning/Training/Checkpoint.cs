using System.Text.Json;
using TaskServices.Inference;
using TaskServices.Inference.Models;
using static TorchSharp.torch;

namespace TaskServices.Tuning.Training;

/// <summary>Saves and restores everything a run needs to go on. The state file is renamed last: without it the folder does not count.</summary>
internal sealed class Checkpoint(string folder)
{
    private string StatePath => Path.Combine(folder, "state.json");

    public void Save(LoraWeights lora, AdamW optimizer, TrainingState state)
    {
        Directory.CreateDirectory(folder);
        var name = $"step-{state.Step}.safetensors";
        SafetensorsWriter.Write(
            Path.Combine(folder, name),
            [.. lora.Parameters.Select(pair => (pair.Key, pair.Value, ScalarType.Float32)), .. optimizer.State.Select(pair => (pair.Name, pair.Value, ScalarType.Float32))]);
        File.WriteAllText(StatePath + ".tmp", JsonSerializer.Serialize(state));
        File.Move(StatePath + ".tmp", StatePath, overwrite: true);
        foreach (var old in Directory.EnumerateFiles(folder, "step-*.safetensors").Where(path => Path.GetFileName(path) != name))
        {
            File.Delete(old);
        }
    }

    /// <exception cref="InferenceException">There is no checkpoint, or it does not fit the run.</exception>
    public TrainingState Load(LoraWeights lora, AdamW optimizer)
    {
        if (!File.Exists(StatePath))
        {
            throw new InferenceException("CHECKPOINT_NOT_FOUND", $"{folder} has no checkpoint. Start without --resume.");
        }

        var state = JsonSerializer.Deserialize<TrainingState>(File.ReadAllText(StatePath))
            ?? throw new InferenceException("CHECKPOINT_INVALID", $"{StatePath} is empty. Start without --resume.");
        using var scope = NewDisposeScope();
        using var file = SafetensorsFile.Open(Path.Combine(folder, $"step-{state.Step}.safetensors"));
        var tensors = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var info in file.Tensors.Values)
        {
            var values = new float[info.Rows * info.Columns];
            file.ReadRows(info.Name, 0, values);
            tensors[info.Name] = tensor(values, [.. info.Shape]);
        }

        lora.Load(tensors);
        optimizer.Load(tensors);
        return state;
    }
}
