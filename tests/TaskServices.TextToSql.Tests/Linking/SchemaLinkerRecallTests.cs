using System.Text.Json;
using Dapper;
using Microsoft.Data.Sqlite;
using TaskServices.Testing;
using TaskServices.TextToSql.Generation;
using TaskServices.TextToSql.Linking;
using TaskServices.TextToSql.Schema;
using TaskServices.TextToSql.Sql;
using TaskServices.TextToSql.Sql.Ast;
using TaskServices.TextToSql.Sql.Binding;
using TaskServices.TextToSql.Sql.Parsing;
using TaskServices.TextToSql.Tests.Schema;

namespace TaskServices.TextToSql.Tests.Linking;

/// <summary>How much of what a question needs is shown, when the databases that training holds out are merged with all others of Spider's training split.</summary>
public sealed class SchemaLinkerRecallTests(ITestOutputHelper output)
{
    private static readonly string[] HeldOut = ["allergy_1", "baseball_1", "driving_school", "program_share", "soccer_2"];

    private readonly Dictionary<(string Database, string Table), string> _mergedName = [];

    [Theory(Explicit = true)]
    [InlineData("spider/spider_train.jsonl", 0.91)]
    [InlineData("spider_syn/train.jsonl", 0.87)]
    public void Prune_HeldOutDatabasesAmongAllOthers_KeepsTheGoldColumns(string file, double least)
    {
        var path = TestFiles.TryShared(["data", "sql", .. file.Split('/')]);
        Assert.SkipWhen(path is null, SpiderFiles.Absent);
        var rows = SpiderFiles.ReadLines(path).ToList();
        var databases = SpiderFiles.ReadLines(TestFiles.TryShared("data", "sql", "spider", "spider_train.jsonl")!)
            .Select(row => row.GetProperty("db_id").GetString()!).Distinct().Order(StringComparer.Ordinal).ToList();
        var (schema, values) = Merge(databases);
        var linker = new SchemaLinker(schema);
        int found = 0, needed = 0, shown = 0, questions = 0;
        foreach (var row in rows.Where(row => HeldOut.Contains(row.GetProperty("db_id").GetString())))
        {
            var (database, question) = (row.GetProperty("db_id").GetString()!, row.GetProperty("question").GetString()!);
            var pruned = linker.Prune(question, ValueHints.Match(question, values), PromptSchemas.LinkedTokens, table => (SchemaText.Write(new("", [table], [])).Length / 3) + 1);
            foreach (var (table, column) in GoldColumns(database, row))
            {
                needed++;
                found += pruned.FindTable(_mergedName[(database, table)])?.FindColumn(column) is null ? 0 : 1;
            }

            questions++;
            shown += pruned.Tables.Count;
        }

        output.WriteLine($"{schema.Tables.Count} tables, {questions} questions, {(double)shown / questions:0.0} tables shown, column recall {(double)found / needed:0.0000} of {needed}");
        Assert.InRange((double)found / needed, least, 1);
    }

    private static HashSet<(string Table, string Column)> GoldColumns(string database, JsonElement row)
    {
        var schema = SqliteSchemaReader.Read(PathOf(database)!);
        var bound = SqlBinder.Bind(SqlParser.Parse(row.GetProperty("query").GetString()!, SqlDialect.Sqlite), schema, SqlDialect.Sqlite);
        var search = new ColumnSearch(bound);
        search.Rewrite(bound.Query);
        return search.Found;
    }

    private (DatabaseSchema Schema, ValueIndex Values) Merge(List<string> databases)
    {
        var tables = new List<TableSchema>();
        var keys = new List<ForeignKey>();
        var builder = new ValueIndexBuilder(ValueIndexLimits.Default);
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var database in databases.Where(database => PathOf(database) is not null))
        {
            var schema = SqliteSchemaReader.Read(PathOf(database)!);
            foreach (var table in schema.Tables)
            {
                var name = table.Name;
                for (var i = 2; !taken.Add(name); i++)
                    name = $"{table.Name}_{i}";
                _mergedName[(database, table.Name)] = name;
                tables.Add(new(name, table.Columns, table.PrimaryKey));
            }

            keys.AddRange(schema.ForeignKeys.Select(key => key with { Table = _mergedName[(database, key.Table)], ReferencedTable = _mergedName[(database, key.ReferencedTable)] }));
            AddValues(database, schema, builder);
        }

        return (new("merged", tables, keys), new(builder));
    }

    private void AddValues(string database, DatabaseSchema schema, ValueIndexBuilder builder)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = PathOf(database), Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        foreach (var (table, column) in schema.Tables.SelectMany(table => table.Columns.Select(column => (table.Name, column.Name))))
        {
            var sql = $"SELECT DISTINCT v FROM (SELECT \"{column}\" AS v FROM \"{table}\" LIMIT 200000) WHERE typeof(v) = 'text' AND length(v) BETWEEN 1 AND 60 LIMIT 20000";
            foreach (var value in connection.Query<string>(sql))
                builder.Add(new(_mergedName[(database, table)], column, value));
        }
    }

    private static string? PathOf(string database) =>
        TestFiles.TryShared("data", "sql", "spider", "database", database, database + ".sqlite")
        ?? TestFiles.TryShared("data", "sql", "spider", "database_reconstructed", database, database + ".sqlite");

    private sealed class ColumnSearch(BoundQuery bound) : SqlRewriter
    {
        public HashSet<(string Table, string Column)> Found { get; } = [];

        public override Expression Rewrite(Expression expression)
        {
            if (expression is ColumnReference reference && bound.Resolve(reference) is { Table.Table: { } table } column)
                Found.Add((table.Name, column.Name));
            return base.Rewrite(expression);
        }
    }
}
