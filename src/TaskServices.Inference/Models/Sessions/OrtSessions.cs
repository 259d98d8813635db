using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.ML.OnnxRuntime;
using TaskServices.Inference.Adapters;

namespace TaskServices.Inference.Models.Sessions;

/// <summary>Starts ONNX Runtime sessions on the chosen execution provider, falling back to the CPU with a reason.</summary>
internal static partial class OrtSessions
{
    /// <summary>
    /// How long a worker thread spins for more work before it sleeps: long enough to bridge the operators of one decode step, short enough
    /// that an idle process takes no processor time.
    /// </summary>
    private const string SpinMicroseconds = "1000";

    /// <param name="graphPath">The graph of the CPU; that of a device lies beside it.</param>
    /// <param name="modelName">For messages about adapters.</param>
    /// <exception cref="OnnxRuntimeException">The CPU cannot run the model either.</exception>
    public static StartedSession Create(string graphPath, ModelSessionOptions options, int threads, string modelName, ILogger logger)
    {
        var devicePath = ModelManifest.DeviceGraphFileName(graphPath);
        if (options.RunsDeviceGraphOnCpu)
        {
            using var half = NewOptions(threads);
            return new StartedSession(new InferenceSession(devicePath, half), IsHalf: true, null);
        }

        string? reason = null;
        if (options.Provider != ExecutionProviderChoice.Cpu)
        {
            if (TryCuda(devicePath, options, threads, out reason) is { } cuda)
            {
                return cuda;
            }

            LogFallback(logger, options.Provider == ExecutionProviderChoice.Cuda ? LogLevel.Warning : LogLevel.Information, reason!);
        }

        // Options that a provider was appended to cannot be used again without it.
        using var cpu = NewOptions(threads);
        return options.TakesAdapters
            ? new StartedSession(SessionAdapters.Open(graphPath, modelName, cpu, out var adapters), IsHalf: false, reason) { Adapters = adapters }
            : new StartedSession(new InferenceSession(graphPath, cpu), IsHalf: false, reason);
    }

    private static StartedSession? TryCuda(string devicePath, ModelSessionOptions options, int threads, out string? reason)
    {
        reason = !OrtEnv.Instance().GetAvailableProviders().Contains("CUDAExecutionProvider", StringComparer.Ordinal)
            ? "this build of ONNX Runtime has no CUDA; build with -p:OnnxRuntime=Gpu"
            : !File.Exists(devicePath) ? "the model was imported at 32 bits, which no device runs; import it at 16, 8 or 4 bits" : null;
        if (reason is not null)
        {
            return null;
        }

        try
        {
            using var cuda = NewOptions(threads);
            using var provider = CudaOptions(options);
            cuda.AppendExecutionProvider_CUDA(provider);
            // A node without a CUDA kernel would silently run on the CPU, and every step would copy there and back.
            cuda.AddSessionConfigEntry("session.disable_cpu_ep_fallback", "1");
            var session = new InferenceSession(devicePath, cuda);
            var memory = new OrtMemoryInfo("Cuda", OrtAllocatorType.DeviceAllocator, options.DeviceId, OrtMemType.Default);
            return new StartedSession(session, IsHalf: true, null) { DeviceMemory = new DeviceKvMemory(session, new InferenceSession(DeviceKvMemory.CopyGraph, cuda), memory) };
        }
        catch (Exception exception) when (exception is OnnxRuntimeException or EntryPointNotFoundException or DllNotFoundException)
        {
            reason = CudaFailure.Explain(exception.Message);
            return null;
        }
    }

    private static OrtCUDAProviderOptions CudaOptions(ModelSessionOptions options)
    {
        var provider = new OrtCUDAProviderOptions();
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["device_id"] = options.DeviceId.ToString(CultureInfo.InvariantCulture),
            // What is asked for and no more: slots are allocated once, and a doubling arena would take twice their size.
            ["arena_extend_strategy"] = "kSameAsRequested",
        };
        if (options.DeviceMemoryBytes is { } limit)
        {
            settings["gpu_mem_limit"] = limit.ToString(CultureInfo.InvariantCulture);
        }

        provider.UpdateOptions(settings);
        return provider;
    }

    private static SessionOptions NewOptions(int threads)
    {
        var options = new SessionOptions
        {
            IntraOpNumThreads = threads,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "1");
        options.AddSessionConfigEntry("session.intra_op.spin_duration_us", SpinMicroseconds);
        return options;
    }

    [LoggerMessage(Message = "The model runs on the CPU: {Reason}")]
    private static partial void LogFallback(ILogger logger, LogLevel level, string reason);
}
