using System.Runtime.InteropServices;

namespace TaskServices.Inference.Adapters.Kernels;

/// <summary><c>OrtCustomOp</c> of onnxruntime_c_api.h, field by field, with what this operator keeps for itself behind it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct CustomOperator
{
    public uint Version;
    public nint CreateKernel;
    public delegate* unmanaged<CustomOperator*, byte*> GetName;
    public delegate* unmanaged<CustomOperator*, byte*> GetExecutionProviderType;
    public delegate* unmanaged<CustomOperator*, nuint, int> GetInputType;
    public delegate* unmanaged<CustomOperator*, nuint> GetInputTypeCount;
    public delegate* unmanaged<CustomOperator*, nuint, int> GetOutputType;
    public delegate* unmanaged<CustomOperator*, nuint> GetOutputTypeCount;
    public nint KernelCompute;
    public delegate* unmanaged<void*, void> KernelDestroy;
    public delegate* unmanaged<CustomOperator*, nuint, int> GetInputCharacteristic;
    public delegate* unmanaged<CustomOperator*, nuint, int> GetOutputCharacteristic;
    public delegate* unmanaged<CustomOperator*, nuint, int> GetInputMemoryType;
    public delegate* unmanaged<CustomOperator*, int> GetVariadicInputMinArity;
    public delegate* unmanaged<CustomOperator*, int> GetVariadicInputHomogeneity;
    public delegate* unmanaged<CustomOperator*, int> GetVariadicOutputMinArity;
    public delegate* unmanaged<CustomOperator*, int> GetVariadicOutputHomogeneity;
    public delegate* unmanaged<CustomOperator*, nint, nint, void**, nint> CreateKernelV2;
    public delegate* unmanaged<void*, nint, nint> KernelComputeV2;
    public nint InferOutputShape;
    public delegate* unmanaged<CustomOperator*, int> GetStartVersion;
    public delegate* unmanaged<CustomOperator*, int> GetEndVersion;
    public delegate* unmanaged<int**, int**, nuint> GetMayInplace;
    public delegate* unmanaged<int*, int*, void> ReleaseMayInplace;
    public nint GetAliasMap;
    public nint ReleaseAliasMap;

    /// <summary>The operator's zero-terminated name.</summary>
    public byte* Name;

    /// <summary>The session's <see cref="LoraOperator"/>.</summary>
    public GCHandle Owner;
}
