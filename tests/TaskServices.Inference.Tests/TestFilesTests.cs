using TaskServices.Testing;

namespace TaskServices.Inference.Tests;

public sealed class TestFilesTests
{
    [Fact]
    public void RepositoryRoot_HasSolution() => Assert.True(File.Exists(TestFiles.InRepository("TaskServices.sln")));
}
