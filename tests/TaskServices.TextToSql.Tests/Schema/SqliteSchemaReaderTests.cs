using TaskServices.TextToSql.Schema;

namespace TaskServices.TextToSql.Tests.Schema;

public sealed class SqliteSchemaReaderTests
{
    private const string Script = """
        CREATE TABLE zoo(id INTEGER PRIMARY KEY AUTOINCREMENT, name VARCHAR(20), opened DATETIME, free BOOLEAN, size DECIMAL(4,1), map BLOB, note);
        CREATE TABLE animal(zoo_id INT REFERENCES zoo, nr INT, keeper TEXT, nobody INT REFERENCES absent(id), PRIMARY KEY (nr, zoo_id));
        CREATE TABLE feeding(nr INT, zoo INT, FOREIGN KEY (nr, zoo) REFERENCES animal(nr, zoo_id));
        CREATE VIEW names AS SELECT name FROM zoo;
        CREATE VIEW broken AS SELECT gone FROM nowhere;
        INSERT INTO zoo(name) VALUES ('a');
        """;

    [Fact]
    public void Read_TablesViewsAndKeys_ReadsThemInOrder()
    {
        using var files = new SqliteFiles(Script);

        var schema = SqliteSchemaReader.Read(files.Database);

        Assert.Equal("shop", schema.Name);
        Assert.Equal(["zoo", "animal", "feeding", "names"], schema.Tables.Select(table => table.Name));
        Assert.Equal(
            [ColumnType.Number, ColumnType.Text, ColumnType.Time, ColumnType.Boolean, ColumnType.Number, ColumnType.Other, ColumnType.Text],
            schema.Tables[0].Columns.Select(column => column.Type));
        Assert.Equal(["id"], schema.Tables[0].PrimaryKey);
        Assert.Equal(["nr", "zoo_id"], schema.Tables[1].PrimaryKey);
        Assert.Equal(
            ["animal(zoo_id)>zoo(id)", "feeding(nr,zoo)>animal(nr,zoo_id)"],
            schema.ForeignKeys.Select(key =>
                $"{key.Table}({string.Join(',', key.Columns)})>{key.ReferencedTable}({string.Join(',', key.ReferencedColumns)})"));
    }

    [Theory]
    [InlineData("delete")]
    [InlineData("wal")]
    public void Read_AnyJournalMode_LeavesTheFolderAsItWas(string journalMode)
    {
        using var files = new SqliteFiles($"PRAGMA journal_mode={journalMode};" + Script);
        var before = files.Fingerprint();

        SqliteSchemaReader.Read(files.Database);

        Assert.Equal(before, files.Fingerprint());
        Assert.Single(before);
    }

    [Fact]
    public void Read_WalWithUncheckpointedTable_SeesItAndLeavesTheDatabaseFile()
    {
        using var files = new SqliteFiles("PRAGMA journal_mode=wal; CREATE TABLE a(x);");
        using var writer = files.OpenForWriting();
        using var command = writer.CreateCommand();
        command.CommandText = "CREATE TABLE b(y)";
        command.ExecuteNonQuery();
        var before = File.ReadAllBytes(files.Database);

        Assert.Equal(["a", "b"], SqliteSchemaReader.Read(files.Database).Tables.Select(table => table.Name));

        Assert.Equal(before, File.ReadAllBytes(files.Database));
    }

    [Theory]
    [InlineData("it's 100%.sqlite")]
    [InlineData("a?mode=rwc#x.sqlite")]
    [InlineData("naïve; Mode=ReadWrite.db")]
    public void Read_NameWithSignsOfUrls_OpensThatFile(string fileName)
    {
        using var files = new SqliteFiles("CREATE TABLE a(x)", fileName);

        Assert.Equal("a", Assert.Single(SqliteSchemaReader.Read(files.Database).Tables).Name);
        Assert.Single(files.Fingerprint());
    }

    [Fact]
    public void Read_AbsentFile_SaysSoAndCreatesNothing()
    {
        using var files = new SqliteFiles();

        Assert.Equal("DATABASE_NOT_FOUND", Assert.Throws<TextToSqlException>(() => SqliteSchemaReader.Read(files.Database)).Reason);
        Assert.Empty(files.Fingerprint());
    }

    [Theory]
    [InlineData("", "SCHEMA_EMPTY")]
    [InlineData("hello", "NOT_A_DATABASE")]
    [InlineData("SQLite format 3", "NOT_A_DATABASE")]
    public void Read_OtherContent_NamesTheReason(string content, string reason)
    {
        using var files = new SqliteFiles();
        File.WriteAllText(files.Database, content);

        Assert.Equal(reason, Assert.Throws<TextToSqlException>(() => SqliteSchemaReader.Read(files.Database)).Reason);
    }

    [Fact]
    public void Read_FolderPipeOrDevice_IsRefusedWithoutWaiting()
    {
        using var files = new SqliteFiles();

        Assert.Equal("NOT_A_DATABASE", Assert.Throws<TextToSqlException>(() => SqliteSchemaReader.Read(files.Folder)).Reason);
        Assert.Throws<TextToSqlException>(() => SqliteSchemaReader.Read("/dev/zero"));
    }

    [Fact]
    public void Read_NoTables_IsAnEmptySchema()
    {
        using var files = new SqliteFiles("CREATE TABLE a(x); DROP TABLE a;");

        Assert.Equal("SCHEMA_EMPTY", Assert.Throws<TextToSqlException>(() => SqliteSchemaReader.Read(files.Database)).Reason);
    }

    [Fact]
    public void Read_ExclusivelyLocked_IsLocked()
    {
        using var files = new SqliteFiles(Script);
        using var writer = files.OpenForWriting();
        using var command = writer.CreateCommand();
        command.CommandText = "BEGIN EXCLUSIVE";
        command.ExecuteNonQuery();

        var exception = Assert.Throws<TextToSqlException>(() => SqliteSchemaReader.Read(files.Database));

        Assert.Equal("DATABASE_LOCKED", exception.Reason);
        Assert.Contains(files.Database, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_EveryTruncation_IsATypedErrorOrASchema()
    {
        using var files = new SqliteFiles(Script);
        var bytes = File.ReadAllBytes(files.Database);
        var failures = 0;
        for (var length = 0; length < bytes.Length; length += 487)
        {
            File.WriteAllBytes(files.Database, bytes[..length]);
            failures += Try(files.Database) is null ? 1 : 0;
        }

        Assert.True(failures > 10);
    }

    [Fact]
    public void Read_OverwrittenPages_IsATypedErrorOrASchema()
    {
        using var files = new SqliteFiles(Script);
        var bytes = File.ReadAllBytes(files.Database);
        var random = new Random(1);
        var failures = 0;
        for (var round = 0; round < 200; round++)
        {
            var damaged = (byte[])bytes.Clone();
            random.NextBytes(damaged.AsSpan(16 + random.Next(2000), 1 + random.Next(60)));
            File.WriteAllBytes(files.Database, damaged);
            failures += Try(files.Database) is null ? 1 : 0;
        }

        Assert.True(failures > 10);
    }

    private static DatabaseSchema? Try(string path)
    {
        try
        {
            return SqliteSchemaReader.Read(path);
        }
        catch (TextToSqlException)
        {
            return null;
        }
    }
}
