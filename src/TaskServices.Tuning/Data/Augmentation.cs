using TaskServices.TextToSql;
using TaskServices.TextToSql.Compact;
using TaskServices.TextToSql.Generation;
using TaskServices.TextToSql.Schema;
using TaskServices.TextToSql.Sql;
using TaskServices.TextToSql.Sql.Binding;
using TaskServices.TextToSql.Sql.Printing;

namespace TaskServices.Tuning.Data;

/// <summary>Changes that a user's schema and questions may have beside the training data's: other order, other tables, missing ones, sloppy typing, poor hints.</summary>
/// <remarks>Each is drawn from the given random numbers: the same seed gives the same data.</remarks>
internal sealed class Augmentation(IReadOnlyList<TrainingDatabase> databases, Random random)
{
    /// <summary>Shuffles tables and columns; the first column, mostly the key, stays first.</summary>
    public DatabaseSchema Shuffle(DatabaseSchema schema)
    {
        var tables = schema.Tables.Select(table =>
        {
            var columns = table.Columns.ToArray();
            random.Shuffle(columns.AsSpan(Math.Min(1, columns.Length)));
            return table with { Columns = columns };
        }).ToArray();
        random.Shuffle(tables);
        return new(schema.Name, tables, schema.ForeignKeys);
    }

    /// <summary>Adds up to three tables of another database, for whose names the question gives no reason.</summary>
    public DatabaseSchema AddDistractors(DatabaseSchema schema)
    {
        var other = databases[random.Next(databases.Count)].Schema.Tables.Where(table => schema.FindTable(table.Name) is null).ToArray();
        random.Shuffle(other);
        var tables = schema.Tables.ToList();
        foreach (var table in other.Take(random.Next(1, 4)))
        {
            tables.Insert(random.Next(tables.Count + 1), table);
        }

        return new(schema.Name, tables, schema.ForeignKeys);
    }

    /// <summary>Takes one table or a few columns away; what can no longer be asked must be answered by <see cref="SchemaGrammar.Abstention"/>.</summary>
    /// <returns>The smaller schema and its questions; null when too many questions would lose their answer.</returns>
    public (DatabaseSchema Schema, IReadOnlyList<PreparedQuestion> Questions)? Prune(DatabaseSchema schema, IReadOnlyList<PreparedQuestion> questions, int maxUnanswerable)
    {
        var pruned = random.Next(2) == 0 && schema.Tables.Count > 2 ? WithoutTable(schema) : WithoutColumns(schema);
        var columns = pruned.Tables
            .SelectMany(table => table.Columns.Select(column => $"{SchemaName.Write(table.Name)}.{SchemaName.Write(column.Name)} = "))
            .ToHashSet(StringComparer.Ordinal);
        var kept = questions.Select(question => Ask(question, schema, pruned)).OfType<PreparedQuestion>()
            .Select(question => question with { Hints = [.. question.Hints.Where(hint => columns.Contains(hint[..(hint.IndexOf('\'', StringComparison.Ordinal))]))] })
            .ToList();
        var unanswerable = kept.Count(question => question.Target == SchemaGrammar.Abstention);
        return unanswerable <= maxUnanswerable && kept.Count > 0 ? (pruned, kept) : null;
    }

    /// <summary>Questions of other databases, which this one cannot answer.</summary>
    public IEnumerable<PreparedQuestion> Strangers(TrainingDatabase own)
    {
        for (var attempt = 0; attempt < 1_000; attempt++)
        {
            var other = databases[random.Next(databases.Count)];
            if (other.Questions.Count > 0 && !other.Schema.Tables.Any(table => own.Schema.FindTable(table.Name) is not null))
            {
                // A value of this database may stand in any question by chance.
                var hints = random.Next(4) == 0 ? own.Questions[random.Next(own.Questions.Count)].Hints.Take(1).ToList() : [];
                yield return other.Questions[random.Next(other.Questions.Count)] with { Target = SchemaGrammar.Abstention, Hints = hints };
            }
        }
    }

    /// <summary>Types a question as people do, and makes its hints as good or bad as a value index does.</summary>
    public PreparedQuestion Roughen(PreparedQuestion question, IReadOnlyList<PreparedQuestion> others)
    {
        var text = question.Question;
#pragma warning disable CA1308 // Lower case is how people type, not a normalisation.
        text = random.Next(12) == 0 ? text.ToLowerInvariant() : text;
#pragma warning restore CA1308
        text = random.Next(8) == 0 ? text.TrimEnd('?', '.', ' ') : text;
        var hints = random.Next(12) == 0 ? [] : question.Hints.ToList();
        if (random.Next(20) == 0 && others[random.Next(others.Count)].Hints is { Count: > 0 } noise)
        {
            hints.Insert(random.Next(hints.Count + 1), noise[random.Next(noise.Count)]);
        }

        return question with { Question = text, Hints = [.. hints.Distinct(StringComparer.Ordinal)] };
    }

    private DatabaseSchema WithoutTable(DatabaseSchema schema)
    {
        var name = schema.Tables[random.Next(schema.Tables.Count)].Name;
        bool IsIt(string other) => string.Equals(other, name, StringComparison.OrdinalIgnoreCase);
        return new(
            schema.Name,
            [.. schema.Tables.Where(table => !IsIt(table.Name))],
            [.. schema.ForeignKeys.Where(key => !IsIt(key.Table) && !IsIt(key.ReferencedTable))]);
    }

    private DatabaseSchema WithoutColumns(DatabaseSchema schema)
    {
        var keys = schema.ForeignKeys.SelectMany(key => key.Columns.Concat(key.ReferencedColumns)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var gone = schema.Tables
            .SelectMany(table => table.Columns.Skip(1).Where(column => !keys.Contains(column.Name)).Select(column => (table.Name, Column: column.Name)))
            .OrderBy(_ => random.Next()).Take(random.Next(1, 4)).ToHashSet();
        return new(
            schema.Name,
            [.. schema.Tables.Select(table => table with { Columns = [.. table.Columns.Where(column => !gone.Contains((table.Name, column.Name)))] })],
            schema.ForeignKeys);
    }

    private static PreparedQuestion? Ask(PreparedQuestion question, DatabaseSchema whole, DatabaseSchema pruned)
    {
        string? Expand(DatabaseSchema schema)
        {
            try
            {
                var expansion = CompactSql.Expand(question.Target, schema);
                SqlBinder.Bind(expansion.Query, schema, SqlDialect.Sqlite);
                return expansion.Repairs.Count == 0 ? SqlPrinter.Print(expansion.Query, SqlDialect.Sqlite) : null;
            }
            catch (TextToSqlException)
            {
                return null;
            }
        }

        return Expand(pruned) switch
        {
            null => question with { Target = SchemaGrammar.Abstention },
            var same when same == Expand(whole) => question,

            // It still runs, over another way: nobody can say whether that is what was asked.
            _ => null,
        };
    }
}
