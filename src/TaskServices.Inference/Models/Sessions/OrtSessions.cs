using Microsoft.Extensions.Logging;
using Microsoft.ML.OnnxRuntime;

namespace TaskServices.Inference.Models.Sessions;

/// <summary>Starts ONNX Runtime sessions on the chosen execution provider, falling back to the CPU with a reason.</summary>
internal static partial class OrtSessions
{
    /// <summary>
    /// How long a worker thread spins for more work before it sleeps: long enough to bridge the operators of one decode step, short enough
    /// that an idle process takes no processor time.
    /// </summary>
    private const string SpinMicroseconds = "1000";

    /// <param name="openOnCpu">Starts the session on the CPU where that takes more than the graph's path; null takes the path.</param>
    /// <param name="fallbackReason">Receives why the CPU is used although a device was asked for; null where nothing fell back.</param>
    public static InferenceSession Create(
        string graphPath,
        ModelSessionOptions options,
        int threads,
        ILogger logger,
        Func<SessionOptions, InferenceSession>? openOnCpu,
        out bool usesCuda,
        out string? fallbackReason)
    {
        fallbackReason = options.Provider == ExecutionProviderChoice.Cpu ? null : CudaUnavailableReason(options.Provider);
        if (options.Provider != ExecutionProviderChoice.Cpu && fallbackReason is null)
        {
            // Without CUDA the CPU package has no entry point, the GPU package fails to load libraries: both end on the CPU.
            try
            {
                using var cuda = NewOptions(threads);
                cuda.AppendExecutionProvider_CUDA();
                cuda.AddSessionConfigEntry("session.disable_cpu_ep_fallback", "1");
                usesCuda = true;
                return new InferenceSession(graphPath, cuda);
            }
            catch (Exception exception) when (exception is OnnxRuntimeException or EntryPointNotFoundException or DllNotFoundException)
            {
                fallbackReason = exception.Message.Split('\n')[0];
            }
        }

        if (fallbackReason is not null)
        {
            LogFallback(logger, options.Provider == ExecutionProviderChoice.Cuda ? LogLevel.Warning : LogLevel.Information, fallbackReason);
        }

        usesCuda = false;
        using var cpu = NewOptions(threads);
        return openOnCpu is null ? new InferenceSession(graphPath, cpu) : openOnCpu(cpu);
    }

    /// <summary>An automatic choice does not even try where the build has no CUDA provider; an explicit one does, for the real error.</summary>
    private static string? CudaUnavailableReason(ExecutionProviderChoice choice) =>
        choice == ExecutionProviderChoice.Auto && !OrtEnv.Instance().GetAvailableProviders().Contains("CUDAExecutionProvider", StringComparer.Ordinal)
            ? "This build of ONNX Runtime has no CUDA execution provider."
            : null;

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
