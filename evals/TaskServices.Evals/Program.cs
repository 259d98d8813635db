// Started by ourselves to decode one document: nothing else is loaded.
if (TaskServices.InvoiceOcr.Documents.Decoding.DecoderProgram.TryRun(args) is { } exitCode)
{
    return exitCode;
}

return await TaskServices.Evals.Commands.EvaluationCommand.InvokeAsync(args);
