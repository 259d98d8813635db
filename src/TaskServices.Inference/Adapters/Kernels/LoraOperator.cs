using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace TaskServices.Inference.Adapters.Kernels;

/// <summary>The operator that adds each row's own low-rank update to a matrix product, registered with one ONNX Runtime session.</summary>
/// <remarks>
/// Inputs: product fp32 [batch, sequence, outputs], what was multiplied fp32 [batch, sequence, inputs], adapters int64 [batch]. Output: the
/// sum, in the product's memory where it may be. Weights are read where they lie, without gathering them first (cf. SGMV, arXiv 2310.18547);
/// a row without an adapter costs nothing. Runs on the session's own threads.
/// </remarks>
internal sealed unsafe class LoraOperator : IDisposable
{
    public const string Domain = "taskservices";

    public const string Name = "LoraAdd";

    public const string Product = "product";

    public const string Inputs = "inputs";

    public const string Outputs = "outputs";

    private const int FloatType = 1;

    private const int Int64Type = 7;

    /// <summary>Products of a row with fewer weights than this take less time than waking a thread.</summary>
    private const int ParallelWeights = 16 << 10;

    private readonly Lock _gate = new();

    private readonly GCHandle _self;

    private readonly CustomOperator* _operator;

    private readonly nint _domain;

    private AdapterWeights?[] _adapters = [null];

    public LoraOperator(SessionOptions options)
    {
        _self = GCHandle.Alloc(this, GCHandleType.Weak);
        _operator = (CustomOperator*)NativeMemory.AllocZeroed((nuint)sizeof(CustomOperator));
        *_operator = Describe(_self);
        _domain = OrtApi.CreateDomain("taskservices\0"u8);
        OrtApi.AddOperator(_domain, _operator);
        OrtApi.AddDomain(options.DangerousGetHandle(), _domain);
    }

    /// <summary>Makes an adapter's weights known to the runs that begin from now on.</summary>
    /// <returns>Its number, at least 1.</returns>
    public int Add(AdapterWeights weights)
    {
        lock (_gate)
        {
            var free = Array.IndexOf(_adapters, null, 1);
            var adapters = _adapters;
            if (free < 0)
            {
                free = adapters.Length;
                Array.Resize(ref adapters, free + 1);
            }

            adapters[free] = weights;
            Volatile.Write(ref _adapters, adapters);
            return free;
        }
    }

    /// <summary>Frees an adapter that no run uses any more.</summary>
    public void Remove(int number)
    {
        lock (_gate)
        {
            _adapters[number]?.Dispose();
            _adapters[number] = null;
        }
    }

    /// <summary>Frees the operator and its adapters. The session is disposed already.</summary>
    public void Dispose()
    {
        foreach (var weights in _adapters)
        {
            weights?.Dispose();
        }

        OrtApi.ReleaseDomain(_domain);
        NativeMemory.Free(_operator);
        _self.Free();
    }

    private static CustomOperator Describe(GCHandle owner) => new()
    {
        Version = OrtApi.Version,
        GetName = &GetName,
        GetExecutionProviderType = &GetNull,
        GetInputType = &GetInputType,
        GetInputTypeCount = &GetInputCount,
        GetOutputType = &GetOutputType,
        GetOutputTypeCount = &GetOutputCount,
        KernelDestroy = &Destroy,
        GetInputCharacteristic = &GetZeroAt,
        GetOutputCharacteristic = &GetZeroAt,
        GetInputMemoryType = &GetZeroAt,
        GetVariadicInputMinArity = &GetZero,
        GetVariadicInputHomogeneity = &GetZero,
        GetVariadicOutputMinArity = &GetZero,
        GetVariadicOutputHomogeneity = &GetZero,
        CreateKernelV2 = &Create,
        KernelComputeV2 = &Compute,
        GetStartVersion = &GetOne,
        GetEndVersion = &GetOne,
        GetMayInplace = &GetMayInplace,
        ReleaseMayInplace = &ReleaseMayInplace,
        Name = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference("LoraAdd\0"u8)), // Literal data does not move.
        Owner = owner,
    };

    /// <summary>What ONNX Runtime keeps of one node.</summary>
    private struct Kernel
    {
        public GCHandle Owner;
        public int Product;
        public int Inputs;
        public int Outputs;
    }

    /// <summary>Some rows of one update: what one thread does at a time.</summary>
    private struct Task
    {
        public LoraUpdate* Update;
        public float* X;
        public float* Y;
        public int Outputs;
        public int Rows;
    }

    private static void Compute(Kernel* kernel, nint context)
    {
        var product = (float*)OrtApi.Input(context, 0, out var productBytes);
        var x = (float*)OrtApi.Input(context, 1, out var inputBytes);
        var numbers = (long*)OrtApi.Input(context, 2, out var numberBytes);
        var batch = (int)(numberBytes / sizeof(long));
        var sequence = (int)(inputBytes / sizeof(float) / kernel->Inputs / batch);
        var y = (float*)OrtApi.Output(context, [batch, sequence, kernel->Outputs]);
        if (y != product)
        {
            Buffer.MemoryCopy(product, y, productBytes, productBytes);
        }

        var adapters = Volatile.Read(ref ((LoraOperator)kernel->Owner.Target!)._adapters);
        var block = Math.Max(16, (sequence + 31) / 32);
        var tasks = stackalloc Task[batch * ((sequence + block - 1) / block) * AdapterWeights.MaxParts];
        var count = 0;
        var weights = 0L;
        for (var row = 0; row < batch;)
        {
            var end = row + 1;
            while (end < batch && numbers[end] == numbers[row])
            {
                end++;
            }

            if (numbers[row] != 0)
            {
                var updates = adapters[numbers[row]]!.UpdatesOf(kernel->Product);
                var last = end * sequence;
                for (var first = row * sequence; first < last; first += block)
                {
                    foreach (ref var update in updates)
                    {
                        tasks[count++] = new Task
                        {
                            Update = (LoraUpdate*)Unsafe.AsPointer(ref update),
                            X = x + ((long)first * kernel->Inputs),
                            Y = y + ((long)first * kernel->Outputs),
                            Outputs = kernel->Outputs,
                            Rows = Math.Min(block, last - first),
                        };
                        weights += (long)update.Rank * (update.Inputs + update.Columns);
                    }
                }
            }

            row = end;
        }

        if (count > 1 && weights >= ParallelWeights)
        {
            OrtApi.ParallelFor(context, &Work, count, tasks);
        }
        else
        {
            for (var i = 0; i < count; i++)
            {
                Work(tasks + i);
            }
        }
    }

    private static void Work(Task* task) => task->Update->Add(task->X, task->Y, task->Outputs, task->Rows);

    [UnmanagedCallersOnly]
    private static void Work(void* tasks, nuint index) => Work((Task*)tasks + index);

    [UnmanagedCallersOnly]
    private static nint Compute(void* kernel, nint context)
    {
        try
        {
            Compute((Kernel*)kernel, context);
            return 0;
        }
        catch (Exception exception)
        {
            return OrtApi.Failure(exception.Message); // No exception may pass through native code.
        }
    }

    [UnmanagedCallersOnly]
    private static nint Create(CustomOperator* operation, nint api, nint info, void** result)
    {
        try
        {
            var kernel = (Kernel*)NativeMemory.Alloc((nuint)sizeof(Kernel));
            *result = kernel;
            *kernel = new Kernel
            {
                Owner = operation->Owner,
                Product = (int)OrtApi.Attribute(info, "product\0"u8),
                Inputs = (int)OrtApi.Attribute(info, "inputs\0"u8),
                Outputs = (int)OrtApi.Attribute(info, "outputs\0"u8),
            };
            return 0;
        }
        catch (Exception exception)
        {
            return OrtApi.Failure(exception.Message);
        }
    }

    [UnmanagedCallersOnly]
    private static void Destroy(void* kernel) => NativeMemory.Free(kernel);

    [UnmanagedCallersOnly]
    private static byte* GetName(CustomOperator* operation) => operation->Name;

    [UnmanagedCallersOnly]
    private static byte* GetNull(CustomOperator* operation) => null;

    [UnmanagedCallersOnly]
    private static int GetInputType(CustomOperator* operation, nuint index) => index == 2 ? Int64Type : FloatType;

    [UnmanagedCallersOnly]
    private static nuint GetInputCount(CustomOperator* operation) => 3;

    [UnmanagedCallersOnly]
    private static int GetOutputType(CustomOperator* operation, nuint index) => FloatType;

    [UnmanagedCallersOnly]
    private static nuint GetOutputCount(CustomOperator* operation) => 1;

    [UnmanagedCallersOnly]
    private static int GetZeroAt(CustomOperator* operation, nuint index) => 0;

    [UnmanagedCallersOnly]
    private static int GetZero(CustomOperator* operation) => 0;

    [UnmanagedCallersOnly]
    private static int GetOne(CustomOperator* operation) => 1;

    /// <summary>Output 0 may take the memory of input 0.</summary>
    [UnmanagedCallersOnly]
    private static nuint GetMayInplace(int** inputs, int** outputs)
    {
        *inputs = (int*)NativeMemory.AllocZeroed(sizeof(int));
        *outputs = (int*)NativeMemory.AllocZeroed(sizeof(int));
        return 1;
    }

    [UnmanagedCallersOnly]
    private static void ReleaseMayInplace(int* inputs, int* outputs)
    {
        NativeMemory.Free(inputs);
        NativeMemory.Free(outputs);
    }
}
