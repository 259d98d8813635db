using TaskServices.Inference.Decoding;

namespace TaskServices.Inference.Tests.Decoding;

public sealed class GrammarCacheTests
{
    private readonly GrammarCache _cache = new(new FakeTokenizer("a", "b", "c"), capacity: 2);

    [Fact]
    public void Get_SameTextTwice_CompilesOnce()
    {
        var first = _cache.Get(new GrammarText("root ::= \"a\""));

        Assert.Same(first, _cache.Get(new GrammarText("root ::= \"a\"")));
    }

    [Fact]
    public void Get_MoreThanCapacity_DropsTheLeastRecentlyUsed()
    {
        GrammarText[] texts = [new("root ::= \"a\""), new("root ::= \"b\""), new("root ::= \"c\"")];
        foreach (var text in (GrammarText[])[texts[0], texts[1], texts[0], texts[2]])
            _cache.Get(text);

        Assert.True(_cache.TryFind(texts[0].Sha256, out var kept));
        Assert.Equal(texts[0].Text, kept.Text);
        Assert.False(_cache.TryFind(texts[1].Sha256, out _));
        Assert.True(_cache.TryFind(texts[2].Sha256, out _));
    }

    [Fact]
    public void Get_BrokenGrammar_ThrowsEachTimeAndIsNotKept()
    {
        var broken = new GrammarText("root ::= missing");
        for (var attempt = 0; attempt < 2; attempt++)
            Assert.Equal("GRAMMAR_INVALID", Assert.Throws<GrammarException>(() => _cache.Get(broken)).Reason);

        Assert.False(_cache.TryFind(broken.Sha256, out _));
    }

    [Fact]
    public void Get_ManyThreadsAtOnce_ShareOneCompilation()
    {
        var compiled = new TokenGrammar[16];
        Parallel.For(0, compiled.Length, i => compiled[i] = _cache.Get(new GrammarText("root ::= \"a\" | \"b\"")));

        Assert.Single(compiled.Distinct());
    }
}
