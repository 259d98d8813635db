namespace TaskServices.Inference.Adapters;

/// <summary>One matrix that an adapter changes.</summary>
/// <param name="Module">Module path inside the model, for example <c>model.layers.0.self_attn.q_proj</c>.</param>
/// <param name="Rank">Rank r of the update.</param>
/// <param name="InputSize">Columns of the base matrix.</param>
/// <param name="OutputSize">Rows of the base matrix.</param>
/// <param name="Scale">alpha / r, or alpha / sqrt(r) for rank-stabilised adapters (arXiv 2312.03732).</param>
/// <param name="TensorA">Name of A [r, inputs] in the file.</param>
/// <param name="TensorB">Name of B [outputs, r] in the file.</param>
public sealed record LoraTarget(string Module, int Rank, int InputSize, int OutputSize, float Scale, string TensorA, string TensorB);
