using TaskServices.Inference.Decoding;
using TaskServices.Testing;

namespace TaskServices.Inference.Tests.Decoding;

public sealed class GrammarDocumentTests
{
    [Fact]
    public void Parse_ExampleOfTheDocument_AcceptsWhatItSays()
    {
        var document = File.ReadAllText(TestFiles.InRepository("docs", "grammar.md"));
        var grammar = Grammar.Parse(document.Split("```ebnf")[1].Split("```")[0]);

        Assert.True(grammar.Accepts(" select count(*), singer.age where singer.name = 'São Paulo'"));
        Assert.True(grammar.Accepts(" select singer.age where singer.age >= -12.5"));
        Assert.False(grammar.Accepts(" select singer.height"));
    }
}
