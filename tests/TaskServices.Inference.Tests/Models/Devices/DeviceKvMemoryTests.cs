using Microsoft.ML.OnnxRuntime;
using TaskServices.Inference.Models;
using TaskServices.Inference.Models.Sessions;
using TaskServices.Testing;

namespace TaskServices.Inference.Tests.Models.Devices;

/// <summary>The device's slots with the CPU as the device: the same allocator and copies of the runtime, without the device.</summary>
public sealed class DeviceKvMemoryTests
{
    [Fact]
    public void Slab_InDeviceMemory_HoldsCopiesSavesAndRestoresAsTheHosts()
    {
        var source = TestFiles.TryShared("fixtures", "models", "llama");
        Assert.SkipWhen(source is null, "The reference folder is absent.");
        using var folder = new TemporaryFolder();
        var directory = folder.File("model");
        ModelImporter.Import(new ModelImportRequest { SourcePath = source }, directory, null, TestContext.Current.CancellationToken);
        using var session = new InferenceSession(Path.Combine(directory, "model.onnx"));
        var device = new DeviceKvMemory(
            session, new InferenceSession(DeviceKvMemory.CopyGraph), new OrtMemoryInfo("Cpu", OrtAllocatorType.DeviceAllocator, 0, OrtMemType.Default));

        var results = new List<byte[]>();
        foreach (var memory in (KvMemory[])[new HostKvMemory(), device])
        {
            using var slab = new KvSlab(memory, kvHeads: [2, 1], headSize: 8, slots: 3, capacity: 10, isHalf: true);
            var tokens = Enumerable.Range(0, 6 * (int)slab.BytesPerToken).Select(i => (byte)(i * 7)).ToArray();
            slab.Restore(1, tokens, savedLength: 6, length: 5);
            slab.Copy(1, 2, length: 4);
            var (copied, untouched) = (new byte[4 * slab.BytesPerToken], new byte[10 * slab.BytesPerToken]);
            slab.Save(2, 4, copied);
            slab.Save(0, 10, untouched);
            Assert.All(untouched, value => Assert.Equal(0, value));
            results.Add(copied);
        }

        Assert.Contains(results[0], value => value != 0);
        Assert.Equal(results[0], results[1]);
    }
}
