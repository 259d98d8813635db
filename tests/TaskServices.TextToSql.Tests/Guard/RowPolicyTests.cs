using Microsoft.Data.Sqlite;
using TaskServices.TextToSql.Guard;
using TaskServices.TextToSql.Schema;
using TaskServices.TextToSql.Sql;

namespace TaskServices.TextToSql.Tests.Guard;

public sealed class RowPolicyTests : IDisposable
{
    private static readonly DatabaseSchema Schema = SchemaDdl.Parse(
        """
        CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, email TEXT, salary NUMERIC, tenant_id INTEGER);
        CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users(id), total NUMERIC);
        CREATE TABLE countries (code TEXT PRIMARY KEY);
        """,
        SqlDialect.Sqlite);

    private static readonly DatabaseAccess Access = new(
    [
        new(
            [],
            new Dictionary<string, IReadOnlyCollection<string>?> { ["users"] = ["id", "name", "email"], ["orders"] = null, ["countries"] = null },
            new Dictionary<string, string>
            {
                ["users"] = "tenant_id = :tenant",
                ["orders"] = "user_id IN (SELECT id FROM users WHERE tenant_id = :tenant)",
            },
            new Dictionary<string, string?> { ["users.email"] = "'hidden'" }),
    ]);

    private readonly SqliteConnection _connection = new("Data Source=:memory:");

    public RowPolicyTests()
    {
        _connection.Open();
        using var command = _connection.CreateCommand();
        command.CommandText =
            """
            CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, email TEXT, salary NUMERIC, tenant_id INTEGER);
            CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users(id), total NUMERIC);
            CREATE TABLE countries (code TEXT PRIMARY KEY);
            INSERT INTO users VALUES (1, 'ann', 'a@x', 10, 7), (2, 'bob', 'b@x', 20, 7), (3, 'eve', 'e@x', 30, 8);
            INSERT INTO orders VALUES (1, 1, 5), (2, 3, 99), (3, 1, 7);
            INSERT INTO countries VALUES ('DE');
            """;
        command.ExecuteNonQuery();
    }

    public void Dispose() => _connection.Dispose();

    [Theory]
    [InlineData("SELECT name FROM users ORDER BY name", "ann bob")]
    [InlineData("SELECT u.name FROM users AS u ORDER BY 1", "ann bob")]
    [InlineData("SELECT name FROM main.users ORDER BY 1", "ann bob")]
    [InlineData("SELECT count(*) FROM users", "2")]
    [InlineData("SELECT sum(total) FROM orders", "12")]
    [InlineData("SELECT max(total) FROM orders", "7")]
    [InlineData("SELECT name FROM users WHERE 1 = 1 OR 1 = 1 ORDER BY 1", "ann bob")]
    [InlineData("SELECT name FROM users WHERE name = 'zoe' OR id > 0 ORDER BY 1", "ann bob")]
    [InlineData("SELECT name FROM users UNION SELECT name FROM users ORDER BY 1", "ann bob")]
    [InlineData("SELECT code FROM countries UNION ALL SELECT name FROM users ORDER BY 1", "DE ann bob")]
    [InlineData("SELECT code FROM countries EXCEPT SELECT 'x' UNION SELECT name FROM users ORDER BY 1", "DE ann bob")]
    [InlineData("WITH x AS (SELECT * FROM users) SELECT name FROM x ORDER BY 1", "ann bob")]
    [InlineData("SELECT name FROM (SELECT * FROM users) ORDER BY 1", "ann bob")]
    [InlineData("SELECT (SELECT max(name) FROM users)", "bob")]
    [InlineData("SELECT code FROM countries WHERE EXISTS (SELECT 1 FROM users WHERE name = 'eve')", "")]
    [InlineData("SELECT code FROM countries WHERE 'eve' IN (SELECT name FROM users)", "")]
    [InlineData("SELECT code FROM countries ORDER BY (SELECT count(*) FROM users)", "DE")]
    [InlineData("SELECT u.name FROM users u LEFT JOIN orders o ON o.user_id = u.id WHERE o.id IS NULL", "bob")]
    [InlineData("SELECT o.total FROM countries c LEFT JOIN orders o ON o.total = 99", "")]
    [InlineData("SELECT count(*) FROM users u LEFT JOIN orders o ON o.user_id = u.id", "3")]
    [InlineData("SELECT o.total FROM users u JOIN orders o ON o.user_id = u.id ORDER BY 1", "5 7")]
    [InlineData("SELECT b.name FROM users a, users b WHERE a.id = 1 AND b.id <> a.id AND a.name <> b.name", "bob")]
    [InlineData("SELECT name FROM users NATURAL JOIN countries ORDER BY 1", "ann bob")]
    [InlineData("SELECT email FROM users", "hidden hidden")]
    [InlineData("SELECT name FROM users WHERE email LIKE 'a@%'", "")]
    [InlineData("SELECT name FROM users WHERE email = 'hidden' ORDER BY name", "ann bob")]
    [InlineData("SELECT * FROM users WHERE id = 1", "1|ann|hidden")]
    [InlineData("WITH users AS (SELECT id, 7 AS tenant_id FROM orders) SELECT count(*) FROM orders", "2")]
    [InlineData("WITH users AS (SELECT 3 AS id, 'x' AS name) SELECT total FROM orders ORDER BY 1", "5 7")]
    [InlineData("WITH users AS (SELECT name FROM users) SELECT name FROM users ORDER BY 1", "ann bob")]
    [InlineData("WITH a AS (SELECT name FROM users), users AS (SELECT 'eve' AS name) SELECT name FROM a ORDER BY 1", "ann bob")]
    [InlineData("SELECT users.name FROM orders AS users2 JOIN users ON users.id = users2.user_id ORDER BY 1", "ann ann")]
    [InlineData("SELECT orders.name FROM users AS orders ORDER BY 1", "ann bob")]
    [InlineData("SELECT name FROM users WHERE id IN (SELECT user_id FROM orders AS users WHERE users.total > 0)", "ann")]
    [InlineData("WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT r.n + 1 FROM r JOIN users ON users.id = r.n WHERE r.n < 10) SELECT n FROM r ORDER BY n", "1 2 3")]
    public void Check_TableWithPolicy_ShowsOnlyTheTenantsRows(string sql, string expected)
    {
        var verdict = Check(sql, new("ann", "7", []));
        Assert.True(verdict.Accepted, verdict.Message);
        Assert.DoesNotContain("7", verdict.ExecutableSql!.Replace("7 AS tenant_id", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal(expected, Rows(verdict));
    }

    [Theory]
    [InlineData("SELECT tenant_id FROM users")]
    [InlineData("SELECT salary FROM users")]
    [InlineData("SELECT name FROM users WHERE tenant_id = 8")]
    [InlineData("SELECT name FROM users WHERE tenant_id = :tenant")]
    [InlineData("SELECT :tenant")]
    [InlineData("SELECT :principal FROM users")]
    public void Check_WhatThePolicyReads_IsNotReadableByTheCaller(string sql) => Assert.False(Check(sql, new("ann", "7", [])).Accepted);

    [Fact]
    public void Check_TenantWithQuotes_StaysAParameter()
    {
        var verdict = Check("SELECT name FROM users", new("ann", "7' OR '1'='1", []));
        Assert.Equal("7' OR '1'='1", verdict.Parameters["tenant"]);
        Assert.Equal("", Rows(verdict));
    }

    [Fact]
    public void Resolve_PolicyNeedsATenantAndThereIsNone_Throws() =>
        Assert.Equal("PRINCIPAL_INCOMPLETE", Assert.Throws<TextToSqlException>(() => Check("SELECT code FROM countries", Principal.Local)).Reason);

    [Fact]
    public void Resolve_RoleWithoutGrant_SeesNothing()
    {
        var access = new DatabaseAccess([new(["analyst"], new Dictionary<string, IReadOnlyCollection<string>?> { ["*"] = null }, new Dictionary<string, string>(), new Dictionary<string, string?>())]);
        Assert.False(access.Resolve(Principal.Local, Schema, SqlDialect.Sqlite).AllowsTable("countries"));
        Assert.True(access.Resolve(new("a", null, ["analyst"]), Schema, SqlDialect.Sqlite).AllowsColumn("users", "salary"));
    }

    [Theory]
    [InlineData("nope = 1", "column nope")]
    [InlineData("tenant_id = :region", ":region")]
    [InlineData("tenant_id = ", "expected")]
    [InlineData("tenant_id = 1; DROP TABLE users", "expected")]
    public void Validate_PolicyThatDoesNotFit_SaysWhy(string policy, string words)
    {
        var access = new DatabaseAccess([new([], new Dictionary<string, IReadOnlyCollection<string>?> { ["users"] = null }, new Dictionary<string, string> { ["users"] = policy }, new Dictionary<string, string?>())]);
        var exception = Assert.Throws<TextToSqlException>(() => access.Validate(Schema, SqlDialect.Sqlite));
        Assert.Equal("GRANT_INVALID", exception.Reason);
        Assert.Contains(words, exception.Message, StringComparison.Ordinal);
    }

    private static GuardVerdict Check(string sql, Principal principal) =>
        SqlGuard.Check(sql, SqlDialect.Sqlite, Schema, Access.Resolve(principal, Schema, SqlDialect.Sqlite), GuardOptions.Default).Verdict;

    private string Rows(GuardVerdict verdict)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = verdict.ExecutableSql;
        foreach (var (name, value) in verdict.Parameters)
            command.Parameters.AddWithValue(":" + name, value);
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? "" : reader.GetString(i))));
        return string.Join(' ', rows);
    }
}
