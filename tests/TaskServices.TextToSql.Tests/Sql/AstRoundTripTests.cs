using CsCheck;
using TaskServices.TextToSql.Sql;
using TaskServices.TextToSql.Sql.Ast;
using TaskServices.TextToSql.Sql.Parsing;
using TaskServices.TextToSql.Sql.Printing;

namespace TaskServices.TextToSql.Tests.Sql;

public class AstRoundTripTests
{
    private static readonly Gen<(int Size, int Seed)> Choices = Gen.Select(Gen.Int[1, 60], Gen.Int[0, int.MaxValue]);

    public static TheoryData<SqlDialect> Dialects => [.. Enum.GetValues<SqlDialect>()];

    [Theory]
    [MemberData(nameof(Dialects))]
    public void Parse_PrintedTree_IsTheTree(SqlDialect dialect) => Choices.Sample(
        choice =>
        {
            var query = new AstGenerator(choice.Seed, choice.Size, dialect).Query();
            var text = SqlPrinter.Print(query, dialect);
            var again = SqlParser.Parse(text, dialect);
            return query.Equals(again) && SqlPrinter.Print(again, dialect) == text;
        },
        iter: 4_000,
        print: choice => Describe(choice, dialect));

    [Fact]
    public void Generate_ManyTrees_CoversEveryKindOfNode()
    {
        var seen = new HashSet<Type>();
        foreach (var dialect in Enum.GetValues<SqlDialect>())
        {
            for (var seed = 0; seed < 1_500; seed++)
                new NodeKinds(seen).Rewrite(new AstGenerator(seed, 50, dialect).Query());
        }

        var missing = typeof(SqlNode).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(SqlNode)) && !type.IsAbstract && !seen.Contains(type)).Select(type => type.Name).Order();
        Assert.Equal([], missing);
    }

    private static string Describe((int Size, int Seed) choice, SqlDialect dialect)
    {
        try
        {
            var query = new AstGenerator(choice.Seed, choice.Size, dialect).Query();
            var text = SqlPrinter.Print(query, dialect);
            try
            {
                return $"{choice}\n{text}\n{SqlPrinter.Print(SqlParser.Parse(text, dialect), dialect)}";
            }
            catch (TextToSqlException exception)
            {
                return $"{choice}\n{text}\n{exception.Message}";
            }
        }
        catch (TextToSqlException exception)
        {
            return $"{choice}\n{exception.Message}";
        }
    }

    private sealed class NodeKinds(HashSet<Type> seen) : SqlRewriter
    {
        public override Query Rewrite(Query query)
        {
            seen.Add(typeof(Query));
            if (query.CommonTables.Count > 0)
                seen.Add(typeof(CommonTable));
            return base.Rewrite(query);
        }

        public override QueryBody Rewrite(QueryBody body) => Note(body, base.Rewrite(body));

        public override SelectBody Rewrite(SelectBody body)
        {
            if (body.Windows.Count > 0)
                seen.Add(typeof(NamedWindow));
            return Note(body, base.Rewrite(body));
        }

        public override SelectItem Rewrite(SelectItem item) => Note(item, base.Rewrite(item));

        public override OrderItem Rewrite(OrderItem item) => Note(item, base.Rewrite(item));

        public override TableSource Rewrite(TableSource source) => Note(source, base.Rewrite(source));

        public override WindowSpecification Rewrite(WindowSpecification window)
        {
            if (window.Frame is not null)
                seen.UnionWith([typeof(WindowFrame), typeof(FrameBound)]);
            return Note(window, base.Rewrite(window));
        }

        public override Expression Rewrite(Expression expression)
        {
            if (expression is CaseExpression)
                seen.Add(typeof(CaseBranch));
            if (expression is CastExpression)
                seen.Add(typeof(SqlTypeName));
            return Note(expression, base.Rewrite(expression));
        }

        private T Note<T>(SqlNode node, T result)
        {
            seen.Add(node.GetType());
            return result;
        }
    }
}
