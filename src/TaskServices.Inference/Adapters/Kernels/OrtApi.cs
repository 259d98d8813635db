using System.Runtime.InteropServices;
using System.Text;

namespace TaskServices.Inference.Adapters.Kernels;

/// <summary>The part of ONNX Runtime's C API (onnxruntime_c_api.h) that custom operators need and the managed package leaves out.</summary>
/// <remarks>The API is a table of functions that only ever grows, so that an index of version 23 holds in every later one.</remarks>
internal static unsafe partial class OrtApi
{
    /// <summary>Version of the table and of <see cref="CustomOperator"/>: the first that has every function used here (ONNX Runtime 1.23).</summary>
    public const int Version = 23;

    private static readonly nint* Functions = Load();

    public static nint CreateDomain(ReadOnlySpan<byte> name)
    {
        nint domain;
        fixed (byte* pointer = name)
        {
            Check(((delegate* unmanaged<byte*, nint*, nint>)Functions[26])(pointer, &domain));
        }

        return domain;
    }

    public static void AddOperator(nint domain, CustomOperator* operation) =>
        Check(((delegate* unmanaged<nint, CustomOperator*, nint>)Functions[27])(domain, operation));

    public static void AddDomain(nint sessionOptions, nint domain) =>
        Check(((delegate* unmanaged<nint, nint, nint>)Functions[28])(sessionOptions, domain));

    public static void ReleaseDomain(nint domain) => ((delegate* unmanaged<nint, void>)Functions[101])(domain);

    public static nint Failure(string message)
    {
        const int Fail = 1;
        fixed (byte* text = Encoding.UTF8.GetBytes(message + '\0'))
        {
            return ((delegate* unmanaged<int, byte*, nint>)Functions[0])(Fail, text);
        }
    }

    public static long Attribute(nint kernelInfo, ReadOnlySpan<byte> name)
    {
        long value;
        fixed (byte* pointer = name)
        {
            Check(((delegate* unmanaged<nint, byte*, long*, nint>)Functions[86])(kernelInfo, pointer, &value));
        }

        return value;
    }

    /// <summary>Gets the data of an input and its length in bytes.</summary>
    public static void* Input(nint context, int index, out long bytes)
    {
        nint value;
        nuint length;
        Check(((delegate* unmanaged<nint, nuint, nint*, nint>)Functions[90])(context, (nuint)index, &value));
        Check(((delegate* unmanaged<nint, nuint*, nint>)Functions[318])(value, &length));
        bytes = (long)length;
        return Data(value);
    }

    /// <summary>Allocates output 0, or takes the memory of an input that it may reuse, and gets its data.</summary>
    public static void* Output(nint context, ReadOnlySpan<long> shape)
    {
        nint value;
        fixed (long* dimensions = shape)
        {
            Check(((delegate* unmanaged<nint, nuint, long*, nuint, nint*, nint>)Functions[91])(context, 0, dimensions, (nuint)shape.Length, &value));
        }

        return Data(value);
    }

    /// <summary>Calls a function for each of [0, <paramref name="count"/>) on the session's own threads; returns when all have returned.</summary>
    public static void ParallelFor(nint context, delegate* unmanaged<void*, nuint, void> function, int count, void* state) =>
        Check(((delegate* unmanaged<nint, delegate* unmanaged<void*, nuint, void>, nuint, nuint, void*, nint>)Functions[274])(
            context, function, (nuint)count, 0, state));

    private static void* Data(nint value)
    {
        void* data;
        Check(((delegate* unmanaged<nint, void**, nint>)Functions[51])(value, &data));
        return data;
    }

    private static void Check(nint status)
    {
        if (status == 0)
        {
            return;
        }

        var message = Marshal.PtrToStringUTF8(((delegate* unmanaged<nint, nint>)Functions[2])(status));
        ((delegate* unmanaged<nint, void>)Functions[93])(status);
        throw new InferenceException("MODEL_RUN_FAILED", $"ONNX Runtime refused a call of a custom operator: {message}");
    }

    /// <summary>OrtApiBase: GetApi(version), GetVersionString().</summary>
    private static nint* Load()
    {
        var api = (nint*)((delegate* unmanaged<uint, nint>)((nint*)OrtGetApiBase())[0])(Version);
        return api != null
            ? api
            : throw new InferenceException("ADAPTER_UNSUPPORTED", $"This ONNX Runtime is older than 1.{Version}; adapters at run time need that one.");
    }

    [LibraryImport("onnxruntime")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories | DllImportSearchPath.AssemblyDirectory)]
    private static partial nint OrtGetApiBase();
}
