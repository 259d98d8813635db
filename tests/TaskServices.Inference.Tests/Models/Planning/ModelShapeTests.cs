using TaskServices.Inference.Models;
using TaskServices.Inference.Models.Planning;
using TaskServices.Testing;

namespace TaskServices.Inference.Tests.Models.Planning;

public sealed class ModelShapeTests
{
    /// <summary>Parameter counts as the models' cards have them, in millions.</summary>
    [Theory]
    [InlineData("SmolLM2-135M", 134.5)]
    [InlineData("Qwen2.5-0.5B", 494)]
    [InlineData("Qwen3-8B", 8190)]
    [InlineData("Llama-3.2-1B", 1236)]
    [InlineData("Llama-3-8B", 8030)]
    [InlineData("Llama-2-7B", 6738)]
    [InlineData("Llama-2-13B", 13016)]
    [InlineData("Mistral-7B", 7242)]
    [InlineData("Mixtral-8x7B", 46703)]
    [InlineData("Phi-2", 2780)]
    [InlineData("Phi-3-mini", 3821)]
    [InlineData("Gemma-2B", 2506)]
    [InlineData("Gemma-7B", 8538)]
    [InlineData("Gemma-2-2B", 2614)]
    [InlineData("Gemma-2-9B", 9242)]
    [InlineData("Gemma-3-1B", 1000)]
    [InlineData("DeepSeek-Coder-1.3B", 1346)]
    [InlineData("DeepSeek-Coder-6.7B", 6740)]
    [InlineData("OpenELM-270M", 272)]
    public void Parameters_PublishedModel_AreThoseOfItsCard(string name, double millions) =>
        Assert.InRange(PublishedShapes.Find(name)!.Parameters / 1e6, 0.997 * millions, 1.001 * millions);

    [Fact]
    public void All_Names_AreDistinct() => Assert.Equal(PublishedShapes.All.Count, PublishedShapes.All.Select(shape => shape.Name).Distinct().Count());

    [Fact]
    public void Read_BundledGguf_IsThePublishedShape()
    {
        var read = ShapeReader.Read(TestFiles.InRepository("models", "smollm2-135m-instruct"));

        var published = PublishedShapes.Find("smollm2-135m")!;
        Assert.Equivalent(published with { Name = read.Name }, read, strict: true);
    }

    /// <summary>The configuration alone gives what the tensors of the file add up to.</summary>
    [Theory]
    [InlineData("llama")]
    [InlineData("llama3")]
    [InlineData("mistral")]
    [InlineData("mixtral")]
    [InlineData("phi")]
    [InlineData("phi3")]
    [InlineData("gemma")]
    [InlineData("gemma2")]
    [InlineData("gemma3")]
    [InlineData("qwen2")]
    [InlineData("qwen3")]
    [InlineData("openelm")]
    public void Read_ConfigAlone_CountsTheFilesParameters(string name)
    {
        var source = TestFiles.TryShared("fixtures", "models", name);
        Assert.SkipWhen(source is null, "The reference folder is absent.");
        using var file = SafetensorsFile.Open(Path.Combine(source, "model.safetensors"));
        using var folder = new TemporaryFolder();
        File.Copy(Path.Combine(source, "config.json"), folder.File("config.json"));

        var shape = ShapeReader.Read(folder.File("config.json"));

        Assert.Equal(file.Tensors.Values.Where(tensor => tensor.Shape.Count >= 2).Sum(tensor => tensor.Rows * tensor.Columns), shape.Parameters);
    }

    [Fact]
    public void Read_NothingThere_IsATypedError() =>
        Assert.Equal("MODEL_FILE_MISSING", Assert.Throws<InferenceException>(() => ShapeReader.Read("/nowhere")).Reason);
}
