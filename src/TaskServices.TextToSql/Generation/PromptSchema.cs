using TaskServices.Inference.Decoding;
using TaskServices.Inference.Tokenization;
using TaskServices.TextToSql.Schema;

namespace TaskServices.TextToSql.Generation;

/// <summary>The part of a schema that one prompt shows, and the grammars over it.</summary>
/// <param name="PrefixTokenIds">The schema text's tokens.</param>
/// <param name="Grammar">Compact SQL over the schema, or the word that abstains.</param>
/// <param name="QueryGrammar">Compact SQL over the schema only.</param>
internal sealed record PromptSchema(DatabaseSchema Schema, int[] PrefixTokenIds, GrammarText Grammar, GrammarText QueryGrammar)
{
    public static PromptSchema Create(DatabaseSchema schema, ITokenizer tokenizer) => new(
        schema,
        tokenizer.Encode(SchemaText.Write(schema)),
        new(SchemaGrammar.Write(schema, mayAbstain: true)),
        new(SchemaGrammar.Write(schema, mayAbstain: false)));
}
