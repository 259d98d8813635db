using CsCheck;
using TaskServices.Inference.Tokenization;

namespace TaskServices.Inference.Tests.Tokenization;

public sealed class TokenizerLoaderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tokenizer-tests").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("", "TOKENIZER_INVALID", "not valid JSON")]
    [InlineData("[]", "TOKENIZER_INVALID", "top level")]
    [InlineData("{}", "TOKENIZER_INVALID", "model")]
    [InlineData("""{"model":{"type":"Unigram","vocab":{"a":0}}}""", "TOKENIZER_UNSUPPORTED", "model.type")]
    [InlineData("""{"model":{"type":"BPE","merges":[]}}""", "TOKENIZER_INVALID", "model.vocab")]
    [InlineData("""{"model":{"type":"BPE","vocab":{},"merges":[]}}""", "TOKENIZER_INVALID", "model.vocab")]
    [InlineData("""{"model":{"type":"BPE","vocab":{"a":0}}}""", "TOKENIZER_INVALID", "model.merges")]
    [InlineData("""{"model":{"type":"BPE","vocab":{"a":0,"b":1},"merges":["a b"]}}""", "TOKENIZER_INVALID", "model.merges[0]")]
    [InlineData("""{"model":{"type":"BPE","vocab":{"a":0,"b":1},"merges":["ab"]}}""", "TOKENIZER_INVALID", "model.merges[0]")]
    [InlineData("""{"model":{"type":"BPE","vocab":{"a":0,"b":0},"merges":[]}}""", "TOKENIZER_INVALID", "token ID 0 is both")]
    [InlineData("""{"model":{"type":"BPE","vocab":{"a":0,"a":1},"merges":[]}}""", "TOKENIZER_INVALID", "two IDs")]
    [InlineData("""{"model":{"type":"BPE","vocab":{"a":2147483647},"merges":[]}}""", "TOKENIZER_INVALID", "outside")]
    [InlineData("""{"model":{"type":"BPE","vocab":{"a":99999999999},"merges":[]}}""", "TOKENIZER_INVALID", "model.vocab['a']")]
    [InlineData("""{"model":{"type":"BPE","vocab":{"a":"x"},"merges":[]}}""", "TOKENIZER_INVALID", "model.vocab['a']")]
    [InlineData("""{"model":{"type":"BPE","vocab":{"\ud800":0},"merges":[]}}""", "TOKENIZER_INVALID", "model.vocab")]
    [InlineData(
        """{"pre_tokenizer":{"type":"ByteLevel"},"model":{"type":"BPE","vocab":{"中":0},"merges":[]}}""",
        "TOKENIZER_INVALID", "byte tokens")]
    [InlineData(
        """{"pre_tokenizer":{"type":"Other"},"model":{"type":"BPE","vocab":{"a":0},"merges":[]}}""",
        "TOKENIZER_UNSUPPORTED", "pre_tokenizer.type")]
    [InlineData(
        """{"normalizer":{"type":"Other"},"model":{"type":"BPE","vocab":{"a":0},"merges":[]}}""",
        "TOKENIZER_UNSUPPORTED", "normalizer.type")]
    public void Load_BrokenJson_NamesFileAndField(string json, string reason, string field)
    {
        var path = Write("tokenizer.json", System.Text.Encoding.UTF8.GetBytes(json));

        var error = Assert.Throws<InferenceException>(() => TokenizerLoader.Load(path));

        Assert.Equal(reason, error.Reason);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(field, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void Load_DeepNesting_IsRefused()
    {
        var path = Write("tokenizer.json", [.. Enumerable.Repeat((byte)'[', 4 << 20)]);

        Assert.Equal("TOKENIZER_INVALID", Assert.Throws<InferenceException>(() => TokenizerLoader.Load(path)).Reason);
    }

    [Fact]
    public void Load_HugeFile_IsRefusedUnread()
    {
        var path = Path.Combine(_folder, "tokenizer.json");
        using (var stream = File.Create(path))
            stream.SetLength(1L << 30);

        Assert.Contains("size", Assert.Throws<InferenceException>(() => TokenizerLoader.Load(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_NothingThere_IsNotFound()
    {
        Assert.Equal("TOKENIZER_NOT_FOUND", Assert.Throws<InferenceException>(() => TokenizerLoader.Load(_folder)).Reason);
        Assert.Equal("TOKENIZER_NOT_FOUND", Assert.Throws<InferenceException>(() => TokenizerLoader.Load(_folder + "/none")).Reason);
    }

    [Theory]
    [InlineData("tokenizer.json")]
    [InlineData("tokenizer.model")]
    [InlineData("tokenizer.gguf")]
    public void Load_RandomBytes_GivesTypedError(string name) =>
        Gen.Byte.Array[0, 200].Sample(bytes =>
        {
            var path = Write(name + "." + Guid.NewGuid().ToString("N") + Path.GetExtension(name), bytes);
            Assert.Throws<InferenceException>(() => TokenizerLoader.Load(path));
            File.Delete(path);
        }, iter: 300);

    [Theory]
    [InlineData("spm.model", 11_523)]
    [InlineData("spm.tokenizer.json", 41_190)]
    [InlineData("spm.gguf", 17_088)]
    public void Load_TruncatedOrChangedFile_NeverCrashes(string name, int size)
    {
        var whole = File.ReadAllBytes(TokenizerVectors.Fixture("tokenizers", name));
        Assert.Equal(size, whole.Length);

        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Byte, Gen.Bool).Sample((position, value, truncates) =>
        {
            var bytes = truncates ? whole[..position] : (byte[])whole.Clone();
            if (!truncates)
                bytes[position] = value;
            var path = Write(Guid.NewGuid().ToString("N") + Path.GetExtension(name), bytes);
            try
            {
                _ = TokenizerLoader.Load(path).Encode("Some text <s>");
            }
            catch (InferenceException e)
            {
                Assert.NotEmpty(e.Reason);
            }

            File.Delete(path);
        }, iter: 300);
    }

    [Fact]
    public void Load_Directory_TakesBosAndEndTokensFromTheConfigsBesideIt()
    {
        File.Copy(TokenizerVectors.Fixture("tokenizers", "spm.model"), Path.Combine(_folder, "tokenizer.model"));
        Write("tokenizer_config.json", """{"add_bos_token":true,"bos_token":{"content":"<s>"},"eos_token":"</s>"}"""u8.ToArray());
        Write("generation_config.json", """{"eos_token_id":[2,7]}"""u8.ToArray());

        var tokenizer = TokenizerLoader.Load(_folder);

        Assert.Equal(1, tokenizer.BosTokenId);
        Assert.Equal([2, 7], tokenizer.EndTokenIds);
    }

    private string Write(string name, byte[] bytes)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
