using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using TaskServices.Inference.Adapters;
using TaskServices.Inference.Models.Sessions;
using TaskServices.Inference.Scheduling;

namespace TaskServices.Inference.Models;

/// <summary>An imported model in one ONNX Runtime session, with its key-value slots in one slab that the graph writes in place.</summary>
public sealed unsafe class ModelSession : IAdapterSession
{
    private const int FixedInputs = 4;

    private readonly InferenceSession _session;

    private readonly SessionAdapters? _adapters;

    private readonly RunOptions _runOptions = new();

    private readonly OrtMemoryInfo _memory = OrtMemoryInfo.DefaultInstance;

    private readonly KvSlab _slab;

    private readonly string[] _inputNames;

    private readonly string[] _outputNames;

    private readonly OrtValue[] _inputs;

    private readonly OrtValue[] _outputs;

    private readonly int _chunkTokens;

    /// <summary>Token IDs, then positions, of one run.</summary>
    private readonly long* _integers;

    /// <summary>Lengths of each row, then the total.</summary>
    private readonly int* _lengths;

    /// <summary>Number of each row's adapter in the session, 0 for the base model.</summary>
    private readonly long* _adapterNumbers;

    private ModelSession(StartedSession started, ModelManifest manifest, ModelSessionOptions options)
    {
        (_session, _adapters) = (started.Session, started.Adapters);
        (UsesCuda, FallbackReason) = (started.DeviceMemory is not null, started.FallbackReason);
        Manifest = manifest;
        SlotCount = options.SlotCount;
        SlotCapacity = Math.Min(options.SlotCapacity, manifest.ContextLength);
        _chunkTokens = options.ChunkTokens;
        _slab = new KvSlab(started.DeviceMemory ?? new HostKvMemory(), manifest.KvHeads, manifest.HeadSize, SlotCount, SlotCapacity, started.IsHalf);
        var layers = Enumerable.Range(0, manifest.KvHeads.Count).ToArray();
        _inputNames =
        [
            "input_ids", "logits_positions", "seqlens_k", "total_sequence_length",
            .. layers.SelectMany(layer => new[] { $"past_key.{layer}", $"past_value.{layer}" }),
            .. _adapters is null ? Array.Empty<string>() : [AdapterGraph.InputName],
        ];
        _outputNames = ["logits", .. layers.SelectMany(layer => new[] { $"present_key.{layer}", $"present_value.{layer}" })];
        _inputs = new OrtValue[_inputNames.Length];
        _outputs = new OrtValue[_outputNames.Length];
        var widest = Math.Max(_chunkTokens, SlotCount);
        _integers = (long*)NativeMemory.Alloc((nuint)widest * 2, sizeof(long));
        _adapterNumbers = (long*)NativeMemory.AllocZeroed((nuint)SlotCount, sizeof(long));
        _lengths = (int*)NativeMemory.Alloc((nuint)SlotCount + 1, sizeof(int));
    }

    public ModelManifest Manifest { get; }

    public int VocabularySize => Manifest.VocabularySize;

    public int SlotCount { get; }

    public int SlotCapacity { get; }

    public long KvBytesPerToken => _slab.BytesPerToken;

    /// <summary>Gets whether the model runs on a CUDA device.</summary>
    public bool UsesCuda { get; }

    /// <summary>Gets why the model runs on the CPU although a device was allowed or asked for, or null.</summary>
    public string? FallbackReason { get; }

    public int ThreadCount { get; private init; }

    /// <summary>Loads an imported model directory.</summary>
    /// <exception cref="InferenceException">The directory is no imported model, is damaged, or the runtime refuses it.</exception>
    public static ModelSession Open(string directory, ModelSessionOptions options, ILogger? logger = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.SlotCount, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.SlotCapacity, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.ChunkTokens, RunLength.ShortestLimit);
        var manifest = ModelManifest.Read(directory);
        CheckWeights(directory, manifest);
        var threads = options.ThreadCount ?? PhysicalCores.Count();
        try
        {
            var path = Path.Combine(directory, manifest.GraphFileFor(Math.Min(options.SlotCapacity, manifest.ContextLength)));
            var session = OrtSessions.Create(path, options, threads, manifest.Source, logger ?? NullLogger.Instance);
            return new ModelSession(session, manifest, options) { ThreadCount = threads };
        }
        catch (OnnxRuntimeException exception)
        {
            throw new InferenceException("MODEL_LOAD_FAILED", $"{directory}: ONNX Runtime cannot load the model ({exception.Message.Split('\n')[0]}); import it again.", exception);
        }
    }

    /// <summary>Loads an adapter and gives a view of this session all of whose runs have it, for comparisons. The adapter stays until the end.</summary>
    /// <exception cref="InferenceException">As <see cref="AdapterSet.Load"/>, without limits.</exception>
    public IModelSession WithAdapter(string directory)
    {
        using var adapter = LoraAdapter.Open(directory);
        return new AdaptedSession(this, ((IAdapterSession)this).LoadAdapter(adapter, long.MaxValue));
    }

    AdapterHandle IAdapterSession.LoadAdapter(LoraAdapter adapter, long availableBytes) => _adapters is null
        ? throw new InferenceException(
            "ADAPTER_UNSUPPORTED",
            UsesCuda ? "On a CUDA device adapters are merged at import." : "The model was opened without room for adapters (TakesAdapters); merge the adapter at import.")
        : _adapters.Load(adapter, availableBytes);

    void IAdapterSession.FreeAdapter(AdapterHandle handle) => _adapters!.Free(handle);

    public void Extend(int slot, int pastLength, ReadOnlySpan<int> tokenIds, Span<float> logits) =>
        ((IAdapterSession)this).Extend(slot, pastLength, tokenIds, null, logits);

    void IAdapterSession.Extend(int slot, int pastLength, ReadOnlySpan<int> tokenIds, AdapterHandle? adapter, Span<float> logits)
    {
        CheckSlot(slot);
        CheckTokens(tokenIds);
        if (tokenIds.IsEmpty || pastLength < 0 || pastLength > SlotCapacity - tokenIds.Length)
        {
            throw new ArgumentException($"{pastLength} + {tokenIds.Length} tokens do not fit a slot of {SlotCapacity}.", nameof(tokenIds));
        }

        var wanted = logits.Length / VocabularySize;
        if (wanted * VocabularySize != logits.Length || wanted > tokenIds.Length)
        {
            throw new ArgumentException($"{logits.Length} logits are not those of 0 to {tokenIds.Length} tokens of {VocabularySize} each.", nameof(logits));
        }

        _adapterNumbers[0] = adapter?.Number ?? 0;
        for (var done = 0; done < tokenIds.Length;)
        {
            var chunk = tokenIds.Slice(done, RunLength.Next(tokenIds.Length - done, _chunkTokens));
            done += chunk.Length;
            var rows = Math.Clamp(wanted - (tokenIds.Length - done), 0, chunk.Length);
            for (var i = 0; i < rows; i++)
            {
                _integers[chunk.Length + i] = chunk.Length - rows + i;
            }

            _lengths[0] = pastLength + done - 1;
            Run(slot, 1, chunk, rows, pastLength + done, logits[..(rows * VocabularySize)]);
            logits = logits[(rows * VocabularySize)..];
        }
    }

    public void Decode(ReadOnlySpan<int> tokenIds, ReadOnlySpan<int> pastLengths, Span<float> logits) =>
        ((IAdapterSession)this).Decode(tokenIds, pastLengths, [], logits);

    void IAdapterSession.Decode(
        ReadOnlySpan<int> tokenIds, ReadOnlySpan<int> pastLengths, ReadOnlySpan<AdapterHandle?> adapters, Span<float> logits)
    {
        CheckTokens(tokenIds);
        if (tokenIds.IsEmpty || tokenIds.Length > SlotCount || pastLengths.Length != tokenIds.Length || logits.Length != tokenIds.Length * VocabularySize)
        {
            throw new ArgumentException(
                $"{tokenIds.Length} tokens, {pastLengths.Length} lengths and {logits.Length} logits are not one step of 1 to {SlotCount} rows.", nameof(tokenIds));
        }

        var total = 0;
        for (var row = 0; row < tokenIds.Length; row++)
        {
            if ((uint)pastLengths[row] >= (uint)SlotCapacity)
            {
                throw new ArgumentException($"Row {row} has {pastLengths[row]} tokens in a slot of {SlotCapacity}.", nameof(pastLengths));
            }

            _lengths[row] = pastLengths[row];
            _adapterNumbers[row] = adapters.IsEmpty ? 0 : adapters[row]?.Number ?? 0;
            _integers[tokenIds.Length + row] = row;
            total = Math.Max(total, pastLengths[row] + 1);
        }

        Run(0, tokenIds.Length, tokenIds, tokenIds.Length, total, logits);
    }

    public void CopySlot(int fromSlot, int toSlot, int length)
    {
        CheckSlot(fromSlot);
        CheckSlot(toSlot);
        CheckLength(length, SlotCapacity);
        _slab.Copy(fromSlot, toSlot, length);
    }

    public void SaveSlot(int slot, int length, Span<byte> destination)
    {
        CheckSlot(slot);
        CheckLength(length, SlotCapacity);
        ArgumentOutOfRangeException.ThrowIfNotEqual(destination.Length, length * KvBytesPerToken, nameof(destination));
        _slab.Save(slot, length, destination);
    }

    public void RestoreSlot(int slot, ReadOnlySpan<byte> source, int savedLength, int length)
    {
        CheckSlot(slot);
        CheckLength(length, Math.Min(savedLength, SlotCapacity));
        ArgumentOutOfRangeException.ThrowIfNotEqual(source.Length, savedLength * KvBytesPerToken, nameof(source));
        _slab.Restore(slot, source, savedLength, length);
    }

    public void Dispose()
    {
        _session.Dispose();
        _adapters?.Dispose();
        _runOptions.Dispose();
        _slab.Dispose();
        NativeMemory.Free(_integers);
        NativeMemory.Free(_lengths);
        NativeMemory.Free(_adapterNumbers);
    }

    private static void CheckWeights(string directory, ModelManifest manifest)
    {
        var weights = new FileInfo(Path.Combine(directory, Onnx.ExternalWeights.FileName));
        if (!weights.Exists || weights.Length != manifest.WeightsBytes)
        {
            throw new InferenceException(
                "MODEL_DAMAGED", $"{weights.FullName}: {(weights.Exists ? weights.Length : 0)} bytes, not {manifest.WeightsBytes} as the manifest says; import the model again.");
        }
    }

    private static void CheckLength(int length, int maximum)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, maximum);
    }

    private void CheckSlot(int slot)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(slot);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(slot, SlotCount);
    }

    private void CheckTokens(ReadOnlySpan<int> tokenIds)
    {
        foreach (var id in tokenIds)
        {
            if ((uint)id >= (uint)VocabularySize)
            {
                throw new ArgumentException($"Token ID {id} is outside the vocabulary of {VocabularySize}.", nameof(tokenIds));
            }
        }
    }

    /// <summary>Runs the graph on [<paramref name="rows"/>, tokens / rows] tokens; lengths and positions are already in place.</summary>
    private void Run(int slot, int rows, ReadOnlySpan<int> tokenIds, int positions, int total, Span<float> logits)
    {
        for (var i = 0; i < tokenIds.Length; i++)
        {
            _integers[i] = tokenIds[i];
        }

        _lengths[rows] = total;
        var view = _slab.View(slot, rows);
        view.CopyTo(_inputs, FixedInputs);
        view.CopyTo(_outputs, 1);
        fixed (float* logitsPointer = logits)
        {
            // An empty tensor still needs an address.
            var logitsAddress = logits.IsEmpty ? (nint)_lengths : (nint)logitsPointer;
            using var ids = Tensor(TensorElementType.Int64, _integers, tokenIds.Length * sizeof(long), rows, tokenIds.Length / rows);
            using var where = Tensor(TensorElementType.Int64, _integers + tokenIds.Length, positions * sizeof(long), positions);
            using var lengths = Tensor(TensorElementType.Int32, _lengths, rows * sizeof(int), rows);
            using var totalLength = Tensor(TensorElementType.Int32, _lengths + rows, sizeof(int), 1);
            using var result = Tensor(TensorElementType.Float, (void*)logitsAddress, logits.Length * sizeof(float), positions, VocabularySize);
            using var numbers = _adapters is null ? null : Tensor(TensorElementType.Int64, _adapterNumbers, rows * sizeof(long), rows);
            if (numbers is not null)
            {
                _inputs[^1] = numbers;
            }

            (_inputs[0], _inputs[1], _inputs[2], _inputs[3], _outputs[0]) = (ids, where, lengths, totalLength, result);
            try
            {
                _session.Run(_runOptions, _inputNames, _inputs, _outputNames, _outputs);
            }
            catch (OnnxRuntimeException exception)
            {
                throw new InferenceException("MODEL_RUN_FAILED", $"ONNX Runtime failed in a forward pass: {exception.Message.Split('\n')[0]}", exception);
            }
        }
    }

    private OrtValue Tensor(TensorElementType type, void* data, long bytes, params long[] shape) =>
        OrtValue.CreateTensorValueWithData(_memory, type, shape, (nint)data, bytes);
}
