using TaskServices.TextToSql.Sql.Ast;

namespace TaskServices.TextToSql.Sql.Binding;

/// <summary>Counts the expressions inside one, with those of its subqueries.</summary>
internal sealed class ExpressionSize : SqlRewriter
{
    private int _nodes;
    private int _depth;
    private int _deepest;

    /// <returns>How many expressions there are, and how many stand inside each other.</returns>
    public static (int Nodes, int Depth) Of(Expression expression)
    {
        var size = new ExpressionSize();
        size.Rewrite(expression);
        return (size._nodes, size._deepest);
    }

    public override Expression Rewrite(Expression expression)
    {
        _nodes++;
        _deepest = Math.Max(_deepest, ++_depth);
        var same = base.Rewrite(expression);
        _depth--;
        return same;
    }
}
