namespace TaskServices.Inference.Adapters;

/// <summary>One loaded adapter.</summary>
/// <param name="Name">The name that requests give.</param>
/// <param name="Version">SHA-256 of its weights and configuration, in hexadecimal; the same content has the same version.</param>
/// <param name="Rank">Largest rank of its updates.</param>
/// <param name="TargetModules">The kinds of matrices that it changes, for example <c>q_proj</c>, in alphabetical order.</param>
/// <param name="Bytes">Memory that it takes.</param>
/// <param name="RunningRequests">Requests, waiting ones included, that use this version.</param>
public sealed record AdapterInfo(string Name, string Version, int Rank, IReadOnlyList<string> TargetModules, long Bytes, int RunningRequests);
