using System.Text.Json;
using TaskServices.Inference;
using TaskServices.Inference.Models;
using TaskServices.Testing;
using TaskServices.TextToSql.Generation;
using TaskServices.TextToSql.Linking;
using TaskServices.TextToSql.Schema;

namespace TaskServices.Integration.Tests;

/// <summary>The whole prompt and runtime against another runtime's outputs: same base, same adapter, fp32, greedy, no grammar.</summary>
public sealed class ReferencePredictionTests(ITestOutputHelper output)
{
    [Fact(Explicit = true)]
    public async Task GenerateAsync_Fp32WithoutGrammar_WritesTheReferenceText()
    {
        var path = TestFiles.TryShared("fixtures", "text_to_sql", "reference_predictions.jsonl");
        Assert.SkipWhen(path is null, "../shared/fixtures is absent.");
        var request = new ModelImportRequest
        {
            SourcePath = TestFiles.InRepository("models", "smollm2-135m-instruct", "SmolLM2-135M-Instruct.Q4_1.gguf"),
            AdapterPath = TestFiles.TryShared("models", "reference-adapter"),
            Bits = 32,
        };
        var directory = new ModelStore(null).GetOrImport(request, null, TestContext.Current.CancellationToken);
        await using var host = InferenceHost.Open(directory, new InferenceOptions(), new ModelSessionOptions { SlotCount = 1 });
        var (equal, count) = (0, 0);
        foreach (var line in File.ReadLines(path))
        {
            using var document = JsonDocument.Parse(line);
            var database = document.RootElement.GetProperty("db_id").GetString()!;
            var file = new[] { "database", "database_reconstructed" }
                .Select(folder => TestFiles.TryShared("data", "sql", "spider", folder, database, database + ".sqlite")).First(found => found is not null)!;
            var schema = SqliteSchemaReader.Read(file) with { Name = database };
            var question = document.RootElement.GetProperty("question").GetString()!;
            var hints = ValueHints.Find(question, ValueIndex.Build(file, schema, TestContext.Current.CancellationToken));
            var prefix = host.Tokenizer.Encode(SchemaText.Write(schema));
            var completion = await host.Engine.GenerateAsync(
                new()
                {
                    PromptTokenIds = [.. prefix, .. host.Tokenizer.Encode(Prompt.WriteSuffix(question, hints))],
                    CachedPrefixTokenCount = prefix.Length,
                    MaxCompletionTokens = 160,
                },
                TestContext.Current.CancellationToken);
            count++;
            equal += host.Tokenizer.Decode([.. completion.TokenIds]).Trim() == document.RootElement.GetProperty("predicted").GetString() ? 1 : 0;
        }

        output.WriteLine($"{equal} of {count} equal");
        Assert.True(equal >= 0.95 * count, $"{equal} of {count} equal.");
    }
}
