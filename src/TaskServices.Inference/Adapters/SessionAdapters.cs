using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using TaskServices.Inference.Adapters.Kernels;
using TaskServices.Inference.Onnx;

namespace TaskServices.Inference.Adapters;

/// <summary>The adapters of one ONNX Runtime session.</summary>
/// <remarks>Loading and freeing are safe while the session runs.</remarks>
internal sealed class SessionAdapters : IDisposable
{
    private readonly IReadOnlyList<AdaptedProduct> _products;

    private readonly string _baseName;

    private readonly LoraOperator _operator;

    private SessionAdapters(IReadOnlyList<AdaptedProduct> products, string baseName, LoraOperator @operator) =>
        (_products, _baseName, _operator) = (products, baseName, @operator);

    /// <summary>Starts a session on a graph that takes adapters.</summary>
    /// <param name="graphPath">The graph without them; its weights lie beside it.</param>
    /// <param name="baseName">The base model's name, for messages.</param>
    public static InferenceSession Open(string graphPath, string baseName, SessionOptions options, out SessionAdapters adapters)
    {
        var model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(graphPath));
        var products = AdaptedProduct.Read(model);
        AdapterGraph.Insert(model, products);
        var @operator = new LoraOperator(options);
        try
        {
            options.AddSessionConfigEntry("session.model_external_initializers_file_folder_path", Path.GetDirectoryName(Path.GetFullPath(graphPath))!);
            var session = new InferenceSession(model.ToByteArray(), options);
            adapters = new SessionAdapters(products, baseName, @operator);
            return session;
        }
        catch
        {
            @operator.Dispose();
            throw;
        }
    }

    public AdapterHandle Load(LoraAdapter adapter, long availableBytes)
    {
        if (_products.Count == 0)
        {
            throw new InferenceException("ADAPTER_UNSUPPORTED", $"'{_baseName}' was imported without places for adapters; import it again.");
        }

        adapter.CheckFits(_products, _baseName);
        var weights = AdapterWeights.Load(adapter, _products, availableBytes);
        return new AdapterHandle(_operator.Add(weights), weights.Bytes);
    }

    public void Free(AdapterHandle handle) => _operator.Remove(handle.Number);

    /// <summary>Frees all adapters. The session is disposed already.</summary>
    public void Dispose() => _operator.Dispose();
}
