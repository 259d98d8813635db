using System.CommandLine;
using TaskServices.Inference;
using TaskServices.TextToSql;
using TaskServices.Tuning;

var root = new RootCommand("Fine-tunes LoRA adapters on the bundled base model.") { TextToSqlTuning.CreateCommand() };
try
{
    return await root.Parse(args).InvokeAsync(new() { EnableDefaultExceptionHandler = false });
}
catch (Exception exception) when (exception is InferenceException or TextToSqlException)
{
    Console.Error.WriteLine("error: " + exception.Message);
    return 3;
}
catch (OperationCanceledException)
{
    return 130;
}
