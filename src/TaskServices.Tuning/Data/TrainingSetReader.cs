using TaskServices.TextToSql;
using TaskServices.TextToSql.Compact;
using TaskServices.TextToSql.Linking;
using TaskServices.TextToSql.Schema;
using TaskServices.TextToSql.Sql;
using TaskServices.TextToSql.Sql.Parsing;

namespace TaskServices.Tuning.Data;

/// <summary>Turns questions with gold queries into training examples: gold SQL is parsed, written as compact SQL and expanded again.</summary>
/// <remarks>
/// An example is kept only when the way back works without a repair; every dropped one has a reason. The schema text and the hints are those of
/// the product itself, so that the model is trained on what it will see.
/// </remarks>
internal sealed class TrainingSetReader(IReadOnlyList<string> databaseFolders)
{
    private readonly SortedDictionary<string, int> _dropped = new(StringComparer.Ordinal);

    /// <summary>Gets how many examples were dropped, by reason.</summary>
    public IReadOnlyDictionary<string, int> Dropped => _dropped;

    public IReadOnlyList<TrainingDatabase> Read(IEnumerable<QuestionRow> rows, CancellationToken cancellationToken)
    {
        var databases = new List<TrainingDatabase>();
        foreach (var group in rows.GroupBy(row => row.DatabaseId, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (FindDatabase(group.Key) is not { } path)
            {
                Drop("DATABASE_NOT_FOUND", group.Count());
                continue;
            }

            var schema = SqliteSchemaReader.Read(path) with { Name = group.Key };
            var values = ValueIndex.Build(path, schema, cancellationToken);
            var questions = group.Select(row => Prepare(row, schema, values)).OfType<PreparedQuestion>().Distinct().ToList();
            databases.Add(new(group.Key, schema, questions));
        }

        return databases;
    }

    private PreparedQuestion? Prepare(QuestionRow row, DatabaseSchema schema, ValueIndex values)
    {
        try
        {
            var target = CompactSql.Encode(SqlParser.Parse(row.Query, SqlDialect.Sqlite), schema);
            if (CompactSql.Expand(target, schema).Repairs.Count > 0)
            {
                Drop("NEEDS_REPAIR", 1);
                return null;
            }

            return new(row.Question, ValueHints.Find(row.Question, values), target);
        }
        catch (TextToSqlException exception)
        {
            Drop(exception.Reason, 1);
            return null;
        }
    }

    private string? FindDatabase(string id) =>
        databaseFolders.Select(folder => Path.Combine(folder, id, id + ".sqlite")).FirstOrDefault(File.Exists);

    private void Drop(string reason, int count) => _dropped[reason] = _dropped.GetValueOrDefault(reason) + count;
}
