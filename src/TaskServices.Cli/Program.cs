using TaskServices.Cli;

PlatformCultures.UseWhereNeeded(args);
return await CommandLineProgram.RunAsync(args);
