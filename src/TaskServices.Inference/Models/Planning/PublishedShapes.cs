namespace TaskServices.Inference.Models.Planning;

/// <summary>Sizes of published models of the supported families, from the configurations that they are published with.</summary>
public static class PublishedShapes
{
    /// <summary>Gets the models, smaller ones of a family first.</summary>
    public static IReadOnlyList<ModelShape> All { get; } =
    [
        Shape("SmolLM2-135M", 30, 576, 9, 3, 64, 1536, 49152, true, 8192),
        Shape("SmolLM2-360M", 32, 960, 15, 5, 64, 2560, 49152, true, 8192),
        Shape("SmolLM2-1.7B", 24, 2048, 32, 32, 64, 8192, 49152, true, 8192),
        Shape("Qwen2.5-0.5B", 24, 896, 14, 2, 64, 4864, 151936, true, 32768),
        Shape("Qwen2.5-1.5B", 28, 1536, 12, 2, 128, 8960, 151936, true, 32768),
        Shape("Qwen2.5-3B", 36, 2048, 16, 2, 128, 11008, 151936, true, 32768),
        Shape("Qwen2.5-7B", 28, 3584, 28, 4, 128, 18944, 152064, false, 32768),
        Shape("Qwen3-0.6B", 28, 1024, 16, 8, 128, 3072, 151936, true, 32768),
        Shape("Qwen3-1.7B", 28, 2048, 16, 8, 128, 6144, 151936, true, 32768),
        Shape("Qwen3-4B", 36, 2560, 32, 8, 128, 9728, 151936, true, 32768),
        Shape("Qwen3-8B", 36, 4096, 32, 8, 128, 12288, 151936, false, 32768),
        Shape("Llama-3.2-1B", 16, 2048, 32, 8, 64, 8192, 128256, true, 32768),
        Shape("Llama-3.2-3B", 28, 3072, 24, 8, 128, 8192, 128256, true, 32768),
        Shape("Llama-3-8B", 32, 4096, 32, 8, 128, 14336, 128256, false, 8192),
        Shape("Llama-2-7B", 32, 4096, 32, 32, 128, 11008, 32000, false, 4096),
        Shape("Llama-2-13B", 40, 5120, 40, 40, 128, 13824, 32000, false, 4096),
        Shape("Orca-2-7B", 32, 4096, 32, 32, 128, 11008, 32003, false, 4096),
        Shape("Orca-2-13B", 40, 5120, 40, 40, 128, 13824, 32003, false, 4096),
        Shape("Mistral-7B", 32, 4096, 32, 8, 128, 14336, 32000, false, 32768),
        Shape("Mixtral-8x7B", 32, 4096, 32, 8, 128, 14336, 32000, false, 32768, experts: 8),
        Shape("Phi-2", 32, 2560, 32, 32, 80, 10240, 51200, false, 2048, feedForwardMatrices: 2),
        Shape("Phi-3-mini", 32, 3072, 32, 32, 96, 8192, 32064, false, 4096),
        Shape("Gemma-2B", 18, 2048, 8, 1, 256, 16384, 256000, true, 8192),
        Shape("Gemma-7B", 28, 3072, 16, 16, 256, 24576, 256000, true, 8192),
        Shape("Gemma-2-2B", 26, 2304, 8, 4, 256, 9216, 256000, true, 8192),
        Shape("Gemma-2-9B", 42, 3584, 16, 8, 256, 14336, 256000, true, 8192),
        Shape("Gemma-3-1B", 26, 1152, 4, 1, 256, 6912, 262144, true, 32768),
        Shape("DeepSeek-Coder-1.3B", 24, 2048, 16, 16, 128, 5504, 32256, false, 16384),
        Shape("DeepSeek-Coder-6.7B", 32, 4096, 32, 32, 128, 11008, 32256, false, 16384),
        OpenElm270M(),
    ];

    /// <summary>Finds a model by its name, in any case.</summary>
    public static ModelShape? Find(string name) => All.FirstOrDefault(shape => shape.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    private static ModelShape Shape(
        string name, int layers, int hidden, int heads, int kvHeads, int headSize, int feedForward, int vocabulary, bool isTied, int context,
        int feedForwardMatrices = 3, int experts = 1) =>
        ModelShape.Of(name, [.. Enumerable.Repeat((heads, kvHeads, feedForward), layers)], hidden, headSize, vocabulary, isTied, context, feedForwardMatrices, experts);

    /// <summary>Its layers grow from the first to the last.</summary>
    private static ModelShape OpenElm270M()
    {
        int[] heads = [12, 12, 12, 12, 12, 16, 16, 16, 16, 16, 16, 16, 20, 20, 20, 20];
        int[] widths = [768, 1024, 1280, 1536, 1792, 2048, 2560, 2816, 3072, 3328, 3584, 3840, 4352, 4608, 4864, 5120];
        return ModelShape.Of("OpenELM-270M", [.. heads.Zip(widths, (count, width) => (count, count / 4, width))], 1280, 64, 32000, true, 2048);
    }
}
