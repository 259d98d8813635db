using System.Text.Json;
using TaskServices.Inference.Tokenization;
using TaskServices.Testing;

namespace TaskServices.Inference.Tests.Tokenization;

public sealed class TokenizerFixtureTests
{
    [Theory]
    [InlineData("smollm2.tokenizer.json", "smollm2.jsonl")]
    [InlineData("gpt2.tokenizer.json", "gpt2.jsonl")]
    [InlineData("llama3.tokenizer.json", "llama3.jsonl")]
    [InlineData("qwen2.tokenizer.json", "qwen2.jsonl")]
    [InlineData("deepseek-coder.tokenizer.json", "deepseek-coder.jsonl")]
    [InlineData("spm.tokenizer.json", "spm.jsonl")]
    [InlineData("spm.gguf", "spm.jsonl")]
    [InlineData("spm.model", "spm.jsonl")]
    public void Encode_ReferenceTexts_GivesReferenceIdsAndText(string tokenizerFile, string vectors)
    {
        var tokenizer = TokenizerLoader.Load(TokenizerVectors.Fixture("tokenizers", tokenizerFile));

        foreach (var (text, ids, decoded) in TokenizerVectors.Read(TokenizerVectors.Fixture("tokenizers", vectors)))
        {
            Assert.Equal(ids, tokenizer.Encode(text, parseSpecialTokens: true));
            Assert.Equal(decoded, tokenizer.Decode(ids));
        }
    }

    [Fact]
    public void Encode_BundledGguf_GivesReferenceIdsAndText()
    {
        var tokenizer = TokenizerLoader.Load(TestFiles.InRepository("models", "smollm2-135m-instruct"));

        Assert.Equal(49_152, tokenizer.VocabularySize);
        Assert.Null(tokenizer.BosTokenId);
        Assert.Equal([0, 2], tokenizer.EndTokenIds);
        foreach (var (text, ids, decoded) in TokenizerVectors.Read(TokenizerVectors.Fixture("tokenizers", "smollm2.jsonl")))
        {
            Assert.Equal(ids, tokenizer.Encode(text, parseSpecialTokens: true));
            Assert.Equal(decoded, tokenizer.Decode(ids));
        }
    }

    [Fact]
    public void Encode_ReferencePrompts_GivesReferenceIds()
    {
        var tokenizer = TokenizerLoader.Load(TestFiles.InRepository("models", "smollm2-135m-instruct"));
        var count = 0;

        foreach (var line in File.ReadLines(TokenizerVectors.Fixture("text_to_sql", "prompts.jsonl")))
        {
            var row = JsonSerializer.Deserialize<JsonElement>(line);
            var hints = string.Join(", ", row.GetProperty("hints").Deserialize<string[]>()!);
            var suffix = $"\nQ: {row.GetProperty("question").GetString()}\nV: {hints}\nSQL:";
            int[] ids = [.. tokenizer.Encode(row.GetProperty("schema_text").GetString()), .. tokenizer.Encode(suffix)];
            Assert.Equal(row.GetProperty("prompt_ids").Deserialize<int[]>(), ids);
            count++;
        }

        Assert.Equal(60, count);
    }
}
