using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json;
using TaskServices.Inference.Tokenization;
using TaskServices.Tuning.Data;
using TaskServices.Tuning.Native;
using TaskServices.Tuning.Training;
using static TorchSharp.torch;

namespace TaskServices.Tuning;

/// <summary><c>tune text-to-sql</c>: from questions with gold queries to an adapter.</summary>
internal static class TextToSqlTuning
{
    public static Command CreateCommand()
    {
        var basePath = new Option<string>("--base") { Description = "GGUF file of the base model.", DefaultValueFactory = _ => BundledModel.Find() };
        var questions = new Option<string[]>("--data") { Description = "JSON lines {db_id, question, query}; may be repeated.", Required = true, AllowMultipleArgumentsPerToken = true };
        var databases = new Option<string[]>("--databases") { Description = "Folders with <db_id>/<db_id>.sqlite; searched in order.", Required = true, AllowMultipleArgumentsPerToken = true };
        var webTables = new Option<string?>("--wikisql") { Description = "WikiSQL rows, single web tables; a quarter of them is taken in each epoch." };
        var init = new Option<string?>("--init") { Description = "PEFT folder of the adapter to go on from; a fresh one if left out." };
        var output = new Option<string>("--out") { Description = "Folder of the run: checkpoint, log, adapter.", Required = true };
        var epochs = new Option<int>("--epochs") { Description = "Passes over the data.", DefaultValueFactory = _ => 3 };
        var minutes = new Option<double>("--minutes") { Description = "Time limit; the learning rate ends with it.", DefaultValueFactory = _ => 1440 };
        var learningRate = new Option<double>("--learning-rate") { Description = "Peak learning rate.", DefaultValueFactory = _ => 6e-4 };
        var seed = new Option<int>("--seed") { Description = "Seed of every random choice.", DefaultValueFactory = _ => 1 };
        var precision = new Option<string>("--precision") { Description = "bf16 or fp32.", DefaultValueFactory = _ => "bf16" };
        var resume = new Option<bool>("--resume") { Description = "Go on from the run's last checkpoint." };
        var command = new Command("text-to-sql", "Fine-tunes the text-to-SQL adapter.")
        {
            basePath, questions, databases, webTables, init, output, epochs, minutes, learningRate, seed, precision, resume,
        };
        command.SetAction((result, cancellationToken) => Task.Run(
            () =>
            {
                Run(
                    result.GetRequiredValue(basePath),
                    result.GetRequiredValue(questions),
                    result.GetRequiredValue(databases),
                    result.GetValue(webTables),
                    result.GetRequiredValue(output),
                    result.GetValue(precision) == "fp32" ? ScalarType.Float32 : ScalarType.BFloat16,
                    new()
                    {
                        Epochs = result.GetValue(epochs),
                        TimeLimit = TimeSpan.FromMinutes(result.GetValue(minutes)),
                        LearningRate = result.GetValue(learningRate),
                        Seed = result.GetValue(seed),
                        InitialAdapter = result.GetValue(init),
                    },
                    result.GetValue(resume),
                    cancellationToken);
                return cancellationToken.IsCancellationRequested ? 130 : 0;
            },
            CancellationToken.None));
        return command;
    }

    private const int WebShare = 4;

    private static void Run(
        string basePath, string[] questionFiles, string[] folders, string? webTables, string output, ScalarType precision, TrainingOptions options, bool resume, CancellationToken cancellationToken)
    {
        LibTorch.Prepare();
        set_num_threads(Environment.ProcessorCount);
        Directory.CreateDirectory(output);
        var reader = new TrainingSetReader(folders);
        var all = reader.Read(questionFiles.SelectMany(QuestionFile.Read), cancellationToken);
        var validation = all.Where(database => IsHeldOut(database.Id)).ToList();
        var training = all.Where(database => !IsHeldOut(database.Id)).ToList();
        var webReader = new WikiSqlReader();
        var web = webTables is null ? [] : webReader.Read(webTables);
        Report($"{training.Sum(d => d.Questions.Count):N0} questions of {training.Count} databases to train on, " +
            $"{validation.Sum(d => d.Questions.Count):N0} of {validation.Count} held out, {web.Sum(d => d.Questions.Count):N0} of {web.Count} web databases; dropped: " +
            string.Join(", ", reader.Dropped.Concat(webReader.Dropped).Select(pair => $"{pair.Key} {pair.Value}")));
        File.WriteAllText(
            Path.Combine(output, "manifest.json"),
            JsonSerializer.Serialize(
                new
                {
                    command = Environment.GetCommandLineArgs(),
                    options,
                    base_sha256 = Hash(basePath),
                    data_sha256 = questionFiles.Concat(webTables is null ? [] : [webTables]).Select(Hash),
                    held_out_databases = validation.Select(database => database.Id),
                    dropped = reader.Dropped.Concat(webReader.Dropped),
                },
                Indented));
        using var weights = LlamaWeights.Load(basePath, precision);
        var packs = new PackBuilder(TokenizerLoader.Load(basePath), options.PackTokens);
        IReadOnlyList<TrainingDatabase> Epoch(int epoch) => [.. training, .. web.Where((_, i) => i % WebShare == epoch % WebShare)];
        new TrainingRun(weights, packs, Epoch, validation, options, output, Report).Run(resume, cancellationToken);
    }

    /// <summary>Holds whole databases out, the same ones in every run: about one in fourteen, by the sum of the name's characters.</summary>
    internal static bool IsHeldOut(string databaseId) => databaseId.Sum(character => character) % 14 == 0;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private static string Hash(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    private static void Report(string line) => Console.Error.WriteLine($"{DateTime.Now:HH:mm:ss} {line}");
}
