using TaskServices.Inference.Scheduling;
using TaskServices.Inference.Tokenization;
using TaskServices.TextToSql.Compact;
using TaskServices.TextToSql.Guard;
using TaskServices.TextToSql.Linking;
using TaskServices.TextToSql.Sql;
using TaskServices.TextToSql.Sql.Ast;
using TaskServices.TextToSql.Sql.Explanation;
using TaskServices.TextToSql.Sql.Parsing;
using TaskServices.TextToSql.Sql.Translation;

namespace TaskServices.TextToSql.Generation.Selection;

/// <summary>Takes a completion through every check: read, expanded, translated, bound, guarded, printed, explained.</summary>
internal sealed class CandidateChecker(RegisteredDatabase database, ITokenizer tokenizer, GuardOptions guard)
{
    public Candidate Check(Completion completion, bool isGreedy) =>
        Check(tokenizer.Decode([.. completion.TokenIds]).Trim(), completion.LogProbabilities, isGreedy);

    public Candidate Check(string compactSql, IReadOnlyList<double> logProbabilities, bool isGreedy)
    {
        var candidate = new Candidate
        {
            CompactSql = compactSql,
            LogProbabilities = logProbabilities,
            IsGreedy = isGreedy,
            Verdict = new() { Accepted = false, Reason = "NOT_IN_SCHEMA", Message = "The model abstained." },
        };
        if (candidate.CompactSql == SchemaGrammar.Abstention)
            return candidate;
        try
        {
            var written = SqlParser.Parse(candidate.CompactSql, SqlDialect.Sqlite);
            var expansion = CompactSql.Expand(written, candidate.CompactSql, database.Schema);
            var repair = new LiteralRepair(database.Values, QueryShape.Of(expansion.Query).PlainTables);
            var repaired = repair.Rewrite(written);
            if (repair.Repairs.Count > 0)
                expansion = CompactSql.Expand(repaired, candidate.CompactSql, database.Schema);
            var query = database.Dialect is SqlDialect.Sqlite ? expansion.Query : Translate(expansion, database.Dialect);
            var result = database.Check(query, guard);
            return candidate with
            {
                Verdict = result.Verdict,
                Query = expansion.Query,
                Repairs = [.. expansion.Repairs, .. repair.Repairs],
                Explanation = result.Query is null ? null : SqlExplanation.Explain(
                    database.Dialect is SqlDialect.Sqlite ? result.Query : Translate(expansion, SqlDialect.Sqlite), database.Schema),
            };
        }
        catch (TextToSqlException exception)
        {
            return candidate with { Verdict = new() { Accepted = false, Reason = exception.Reason, Message = exception.Message } };
        }
    }

    private Query Translate(CompactExpansion expansion, SqlDialect dialect) => SqlTranslator.Translate(expansion.Query, database.Schema, dialect);
}
