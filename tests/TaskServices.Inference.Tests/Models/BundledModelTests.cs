using System.Numerics.Tensors;
using System.Text.Json;
using TaskServices.Inference.Models;
using TaskServices.Testing;

namespace TaskServices.Inference.Tests.Models;

public sealed class BundledModelTests(BundledModel model) : IClassFixture<BundledModel>
{
    /// <summary>The model's padding token, <c>&lt;|im_end|&gt;</c>.</summary>
    private const int Padding = 2;

    [Fact]
    public void Extend_EightBits_KeepsEveryClearFirstToken()
    {
        using var session = model.Open(slotCount: 1);
        var logits = new float[session.VocabularySize];
        var clear = 0;
        foreach (var expected in Cases())
        {
            session.Extend(0, 0, Ints(expected, "input_ids"), logits);
            var best = expected.GetProperty("top20_logits");
            if (best[0].GetSingle() - best[1].GetSingle() >= 0.3f)
            {
                clear++;
                Assert.Equal(expected.GetProperty("top20_ids")[0].GetInt32(), TensorPrimitives.IndexOfMax<float>(logits));
            }
        }

        Assert.Equal(10, clear);
    }

    [Fact]
    public void Extend_Fp32_AgreesWithTheReference()
    {
        var expectedPath = TestFiles.TryShared("fixtures", "models", "smollm2-135m", "expected.json");
        Assert.SkipWhen(expectedPath is null, "The reference folder is absent.");
        using var folder = new TemporaryFolder();
        var directory = folder.File("model");
        ModelImporter.Import(new ModelImportRequest { SourcePath = BundledModel.SourcePath, Bits = 32 }, directory, null, TestContext.Current.CancellationToken);
        using var session = ModelSession.Open(directory, new ModelSessionOptions { SlotCount = 1, SlotCapacity = 256 });
        var result = ModelCheck.Run(session, expectedPath);
        Assert.Equal(12, result.Cases);
        Assert.InRange(result.WorstErrorInStd, 0, ModelCheck.Tolerance);
        Assert.Equal(12, result.FirstTokenMatches);

        // The reference's continuations (not its logits) were generated with padding tokens hidden from attention, so the two chat prompts,
        // which contain that token, continue as if it were not there.
        Assert.All(Cases(), expected => Assert.Equal(Ints(expected, "greedy_continuation"), Continue(session, [.. Ints(expected, "input_ids").Where(id => id != Padding)], 32)));
    }

    private static int[] Continue(ModelSession session, int[] prompt, int count)
    {
        var logits = new float[session.VocabularySize];
        var tokens = new int[count];
        session.Extend(0, 0, prompt, logits);
        for (var i = 0; i < count; i++)
        {
            tokens[i] = TensorPrimitives.IndexOfMax<float>(logits);
            session.Decode([tokens[i]], [prompt.Length + i], logits);
        }

        return tokens;
    }

    private static JsonElement[] Cases()
    {
        var path = TestFiles.TryShared("fixtures", "models", "smollm2-135m", "expected.json");
        Assert.SkipWhen(path is null, "The reference folder is absent.");
        return [.. JsonElement.Parse(File.ReadAllBytes(path)).GetProperty("cases").EnumerateArray()];
    }

    private static int[] Ints(JsonElement json, string name) => [.. json.GetProperty(name).EnumerateArray().Select(item => item.GetInt32())];
}
