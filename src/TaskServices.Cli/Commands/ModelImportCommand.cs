using System.CommandLine;
using TaskServices.Inference.Models;

namespace TaskServices.Cli.Commands;

/// <summary><c>model import</c>: a GGUF file or a safetensors checkpoint to a folder of the runtime's form.</summary>
internal static class ModelImportCommand
{
    public static Command Create()
    {
        var source = new Argument<string>("source") { Description = "GGUF file, .safetensors file or checkpoint folder.", HelpName = "SRC" };
        var output = new Option<string>("--out") { Description = "Folder to write; it appears whole or not at all.", HelpName = "DIR", Required = true };
        var bits = new Option<int>("--bits") { Description = "Bits of a weight: 4, 8, 16 or 32.", HelpName = "N", DefaultValueFactory = _ => 8 };
        bits.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && token.Value is not ("4" or "8" or "16" or "32"))
            {
                result.AddError($"--bits must be 4, 8, 16 or 32; it is {token.Value}.");
            }
        });
        var adapter = new Option<string?>("--adapter") { Description = "LoRA adapter folder (PEFT) to merge.", HelpName = "DIR" };
        var command = new Command("import", "Imports a model into a folder.") { source, output, bits, adapter };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var request = new ModelImportRequest
            {
                SourcePath = parsed.GetRequiredValue(source),
                AdapterPath = parsed.GetValue(adapter),
                Bits = parsed.GetValue(bits),
            };
            var directory = parsed.GetRequiredValue(output);
            await ImportedModel.ImportAsync(progress =>
            {
                ModelImporter.Import(request, directory, progress, cancellationToken);
                return directory;
            });
            ModelListing.Write([directory], parsed.GetValue(GlobalOptions.Format));
            return ExitCode.Done;
        });
        ExampleHelpAction.SetExamples(
            command, "taskservices model import models/smollm2-135m-instruct/SmolLM2-135M-Instruct.Q4_1.gguf --out /tmp/smollm2 --bits 32");
        return command;
    }
}
