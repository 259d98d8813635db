using System.Text.RegularExpressions;

namespace TaskServices.Inference.Models.Sessions;

/// <summary>Makes one line for a person of what ONNX Runtime says when a CUDA session does not start.</summary>
internal static partial class CudaFailure
{
    public static string Explain(string message)
    {
        var line = message.ReplaceLineEndings(" ");
        if (MissingLibrary().Match(line) is { Success: true } library)
        {
            return $"the library {library.Groups["name"].Value} is missing; install CUDA 12 and cuDNN 9";
        }

        if (CudaError().Match(line) is { Success: true } error)
        {
            return $"CUDA says: {error.Groups["text"].Value.Trim()}";
        }

        // The rest begins with places in the runtime's source, which say nothing to a person.
        var start = line.LastIndexOf(" : ", StringComparison.Ordinal);
        var text = ErrorCode().Replace(start >= 0 ? line[(start + 3)..] : line, "").Trim();
        return text.Length > 0 ? text : "ONNX Runtime could not start CUDA and gave no reason";
    }

    [GeneratedRegex(@"(?<name>lib[\w.+-]+\.so[\d.]*): cannot open shared object file", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex MissingLibrary();

    [GeneratedRegex(@"(CUDA failure|CUDA error|cudaError)\w* ?\d*: (?<text>[^;]+)", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex CudaError();

    [GeneratedRegex(@"^\[ErrorCode:\w+\] ", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex ErrorCode();
}
