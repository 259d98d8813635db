using TaskServices.Cli;

return await CommandLineProgram.RunAsync(args);
