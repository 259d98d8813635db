return await TaskServices.Benchmarks.Commands.BenchmarkCommand.InvokeAsync(args);
