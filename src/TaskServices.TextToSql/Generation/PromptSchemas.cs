using System.Collections.Concurrent;
using TaskServices.Inference.Tokenization;
using TaskServices.TextToSql.Linking;
using TaskServices.TextToSql.Schema;

namespace TaskServices.TextToSql.Generation;

/// <summary>Gives each question the schema that its prompt shows: all of a small one, whose KV is then cached; the linked part of a large one.</summary>
/// <remarks>Safe for use from several threads.</remarks>
internal sealed class PromptSchemas
{
    /// <summary>A schema up to this many tokens is shown whole. The adapter was trained on schemas of up to 1,400.</summary>
    public const int WholeTokens = 1_600;

    /// <summary>Tokens of the tables shown of a larger one.</summary>
    public const int LinkedTokens = 1_400;

    private readonly ITokenizer _tokenizer;
    private readonly SchemaLinker? _linker;
    private readonly PromptSchema? _whole;
    private readonly ConcurrentDictionary<string, int> _tokenCounts = new(StringComparer.Ordinal);

    public PromptSchemas(DatabaseSchema schema, ITokenizer tokenizer)
    {
        _tokenizer = tokenizer;

        // Only what might fit is tokenised.
        if (SchemaText.Write(schema).Length < 8 * WholeTokens && PromptSchema.Create(schema, tokenizer) is { PrefixTokenIds.Length: <= WholeTokens } whole)
            _whole = whole;
        else
            _linker = new(schema);
    }

    public PromptSchema For(string question, IReadOnlyList<ValueMatch> matches) =>
        _whole ?? PromptSchema.Create(_linker!.Prune(question, matches, LinkedTokens, CountTokens), _tokenizer);

    private int CountTokens(TableSchema table)
    {
        var line = SchemaText.Write(new("", [table], []));
        return _tokenCounts.GetOrAdd(line, static (line, tokenizer) => tokenizer.Encode(line).Length, _tokenizer);
    }
}
