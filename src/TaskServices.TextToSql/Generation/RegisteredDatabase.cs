using TaskServices.Inference.Decoding;
using TaskServices.Inference.Tokenization;
using TaskServices.TextToSql.Guard;
using TaskServices.TextToSql.Linking;
using TaskServices.TextToSql.Schema;

namespace TaskServices.TextToSql.Generation;

/// <summary>Everything about one database that does not change from question to question. Immutable.</summary>
/// <param name="PrefixTokenIds">The schema text's tokens: the part of every prompt whose KV is kept.</param>
/// <param name="Grammar">Compact SQL over the schema, or the word that abstains.</param>
/// <param name="QueryGrammar">Compact SQL over the schema only.</param>
internal sealed record RegisteredDatabase(
    DatabaseUrl Url,
    DatabaseSchema Schema,
    AccessGrant Grant,
    ValueIndex Values,
    int[] PrefixTokenIds,
    GrammarText Grammar,
    GrammarText QueryGrammar)
{
    /// <summary>Reads a database's schema and values, and prepares its prompt and grammars.</summary>
    /// <exception cref="TextToSqlException">The database cannot be opened, is empty, or its schema does not fit the model.</exception>
    public static RegisteredDatabase Open(string name, DatabaseUrl url, ITokenizer tokenizer, CancellationToken cancellationToken)
    {
        var schema = SqliteSchemaReader.Read(url.Path) with { Name = name };
        return new(
            url,
            schema,
            AccessGrant.Everything(schema),
            ValueIndex.Build(url.Path, schema, cancellationToken),
            tokenizer.Encode(SchemaText.Write(schema)),
            new(SchemaGrammar.Write(schema, mayAbstain: true)),
            new(SchemaGrammar.Write(schema, mayAbstain: false)));
    }
}
