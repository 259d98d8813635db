using System.Text.Json.Nodes;
using TaskServices.Inference.Models;
using TaskServices.Testing;

namespace TaskServices.Inference.Tests.Models;

/// <summary>Rotary factors, checked against a fixture whose positions are divided by four: every factor four is the same model.</summary>
public sealed class RopeFactorsTests : IDisposable
{
    private const int FirstContext = 64;

    private static readonly float[] Fours = [.. Enumerable.Repeat(4f, 8)];

    private static readonly float[] Ones = [.. Enumerable.Repeat(1f, 8)];

    private readonly TemporaryFolder _folder = new();

    private string Gguf => _folder.File("model.gguf");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Import_GgufRopeFreqs_DividesFrequencies()
    {
        WriteGguf(writer => writer.Add("rope_freqs.weight", [8], Fours));
        AssertAgrees(Gguf, FirstContext);
    }

    [Theory]
    [InlineData(true, FirstContext)]
    [InlineData(false, 2 * FirstContext)]
    public void Import_GgufShortAndLongFactors_SlotLengthChooses(bool shortIsRight, int capacity)
    {
        WriteGguf(writer =>
        {
            writer.Add("rope_factors_short.weight", [8], shortIsRight ? Fours : Ones);
            writer.Add("rope_factors_long.weight", [8], shortIsRight ? Ones : Fours);
            writer.Add("llama.rope.scaling.original_context_length", FirstContext);
        });
        AssertAgrees(Gguf, capacity);
    }

    [Theory]
    [InlineData(true, FirstContext)]
    [InlineData(false, 2 * FirstContext)]
    public void Import_CheckpointLongRope_SlotLengthChooses(bool shortIsRight, int capacity)
    {
        var checkpoint = _folder.File("checkpoint");
        Directory.CreateDirectory(checkpoint);
        File.Copy(Path.Combine(Fixture(), "model.safetensors"), Path.Combine(checkpoint, "model.safetensors"));
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(Fixture(), "config.json")))!;
        config["rope_scaling"] = new JsonObject
        {
            ["type"] = "longrope",
            ["short_factor"] = new JsonArray([.. (shortIsRight ? Fours : Ones).Select(value => (JsonNode)value)]),
            ["long_factor"] = new JsonArray([.. (shortIsRight ? Ones : Fours).Select(value => (JsonNode)value)]),
            ["original_max_position_embeddings"] = FirstContext,
            ["attention_factor"] = 1.0,
        };
        File.WriteAllText(Path.Combine(checkpoint, "config.json"), config.ToJsonString());
        AssertAgrees(checkpoint, capacity);
    }

    [Fact]
    public void Import_MagnitudeFactor_ScalesQueriesAndKeys()
    {
        // Both sides of each score are multiplied by 1.5; dividing the query weights by 1.5 squared undoes it.
        WriteGguf(
            writer =>
            {
                writer.Add("rope_factors_short.weight", [8], Fours);
                writer.Add("llama.rope.scaling.attn_factor", 1.5f);
            },
            (name, values) => name.EndsWith("q_proj.weight", StringComparison.Ordinal) ? [.. values.Select(value => value / 2.25f)] : values);
        AssertAgrees(Gguf, FirstContext);
    }

    [Fact]
    public void Import_BadFactors_AreTypedErrors()
    {
        AssertRefused("rope_freqs.weight", writer => writer.Add("rope_freqs.weight", [7], Ones[..7]));
        AssertRefused("rope_freqs.weight", writer => writer.Add("rope_freqs.weight", [8], [1, 1, 0, 1, 1, 1, 1, 1]));
        AssertRefused("rope_freqs.weight", writer => writer.Add("rope_freqs.weight", [8], [1, 1, float.NaN, 1, 1, 1, 1, 1]));
        AssertRefused("rope_factors_short.weight", writer => writer.Add("rope_factors_long.weight", [8], Ones));
    }

    private static string Fixture()
    {
        var path = TestFiles.TryShared("fixtures", "models", "llama-linear-rope");
        Assert.SkipWhen(path is null, "The reference folder is absent.");
        return path;
    }

    private void WriteGguf(Action<GgufWriter> adapt, Func<string, float[], float[]>? transform = null) => CheckpointAsGguf.Convert(
        Fixture(),
        Gguf,
        writer =>
        {
            writer.Remove("llama.rope.scaling.type");
            writer.Remove("llama.rope.scaling.factor");
            adapt(writer);
        },
        transform);

    private void AssertAgrees(string source, int capacity)
    {
        var directory = _folder.File("model");
        ModelImporter.Import(new ModelImportRequest { SourcePath = source, Bits = 32 }, directory, null, TestContext.Current.CancellationToken);
        using var session = ModelSession.Open(directory, new ModelSessionOptions { SlotCount = 1, SlotCapacity = capacity });
        var result = ModelCheck.Run(session, Path.Combine(Fixture(), "expected.json"));
        Assert.True(result.Passed, result.ToString());
    }

    private void AssertRefused(string tensor, Action<GgufWriter> adapt)
    {
        WriteGguf(adapt);
        var exception = Assert.Throws<InferenceException>(
            () => ModelImporter.Import(new ModelImportRequest { SourcePath = Gguf, Bits = 32 }, _folder.File("model"), null, TestContext.Current.CancellationToken));
        Assert.Equal("MODEL_FILE_INVALID", exception.Reason);
        Assert.Contains(tensor, exception.Message, StringComparison.Ordinal);
    }
}
