using TaskServices.Inference.Models.Sessions;

namespace TaskServices.Inference.Tests.Models.Devices;

public sealed class CudaFailureTests
{
    [Theory]
    [InlineData(
        "[ErrorCode:RuntimeException] /onnxruntime_src/onnxruntime/core/session/provider_bridge_ort.cc:1778 onnxruntime::Provider& onnxruntime::ProviderLibrary::Get() "
        + "[ONNXRuntimeError] : 1 : FAIL : Failed to load library libonnxruntime_providers_cuda.so with error: libcublasLt.so.12: cannot open shared object file: No such file or directory\n",
        "the library libcublasLt.so.12 is missing; install CUDA 12 and cuDNN 9")]
    [InlineData(
        "[ErrorCode:RuntimeException] /onnxruntime_src/onnxruntime/core/providers/cuda/cuda_call.cc:129 std::conditional_t<THRW, void, onnxruntime::common::Status> "
        + "onnxruntime::CudaCall(ERRTYPE) CUDA failure 100: no CUDA-capable device is detected ; GPU=-1 ; hostname=x ; file=/a.cc ; line=280 ; expr=cudaSetDevice(info_.device_id);",
        "CUDA says: no CUDA-capable device is detected")]
    [InlineData("[ErrorCode:Fail] CUDA execution provider is not enabled in this build. ", "CUDA execution provider is not enabled in this build.")]
    [InlineData("[ErrorCode:InvalidGraph] Load model from m.onnx failed:This is an invalid model. : Node X", "Node X")]
    [InlineData("", "ONNX Runtime could not start CUDA and gave no reason")]
    public void Explain_MessageOfTheRuntime_IsOneLineForAPerson(string message, string expected) => Assert.Equal(expected, CudaFailure.Explain(message));
}
