using System.Text;
using CsCheck;
using TaskServices.Inference.Decoding;

namespace TaskServices.Inference.Tests.Decoding;

/// <summary>A node of a grammar that tests make up, print in the grammar language and judge by themselves.</summary>
internal abstract record Node
{
    public sealed record Text(string Value) : Node;

    public sealed record AnyOf(string Characters) : Node;

    public sealed record OneOf(string[] Values) : Node;

    public sealed record PieceOf(string Value) : Node;

    public sealed record Rule(int Index) : Node;

    public sealed record Sequence(Node[] Items) : Node;

    public sealed record Choice(Node[] Items) : Node;

    public sealed record Repeat(Node Item, int Minimum, int? Maximum) : Node;

    public string Print() => this switch
    {
        Text text => Grammar.Quote(text.Value),
        AnyOf characters => $"/[{characters.Characters}]/",
        OneOf literals => $"one_of({string.Join(", ", literals.Values.Select(Grammar.Quote))})",
        PieceOf piece => $"substring_of({Grammar.Quote(piece.Value)})",
        Rule rule => $"r{rule.Index}",
        Sequence sequence => string.Join(' ', sequence.Items.Select(item => $"({item.Print()})")),
        Choice choice => string.Join(" | ", choice.Items.Select(item => $"({item.Print()})")),
        Repeat { Maximum: null, Minimum: 0 } repeat => $"({repeat.Item.Print()})*",
        Repeat { Maximum: null } repeat => $"({repeat.Item.Print()}){{{repeat.Minimum},}}",
        Repeat repeat => $"({repeat.Item.Print()}){{{repeat.Minimum},{repeat.Maximum}}}",
        _ => throw new InvalidOperationException(),
    };
}

/// <summary>Rules whose first is the root.</summary>
internal sealed record SimpleGrammar(Node[] Rules)
{
    private static readonly Gen<Node> Leaf = Gen.Frequency(
        (6, Gen.OneOf("a", "b", "ab", "ba", "é", "(", ")", "abé", "", "bb", "aé(").Select(value => (Node)new Node.Text(value))),
        (2, Gen.OneOf("ab", "aé", "€é", "()b", "é").Select(value => (Node)new Node.AnyOf(value))),
        (1, Gen.OneOf("abba", "aéb", "€é", "((").Select(value => (Node)new Node.PieceOf(value))),
        (1, Gen.OneOf("ab", "abé", "b", "b(", "€").Array[1, 4].Select(values => (Node)new Node.OneOf(values))),
        (3, Gen.Int[0, 3].Select(index => (Node)new Node.Rule(index))));

    private static readonly Gen<Node> Body = Gen.Recursive<Node>((depth, inner) => depth > 3
        ? Leaf
        : Gen.Frequency(
            (4, Leaf),
            (4, inner.Array[2, 3].Select(items => (Node)new Node.Sequence(items))),
            (3, inner.Array[2, 3].Select(items => (Node)new Node.Choice(items))),
            (1, inner.Select(Gen.Int[0, 2], Gen.Int[1, 2], (item, least, more) => (Node)new Node.Repeat(item, least, least + more))),
            (1, inner.Select(Gen.Int[0, 1], (item, least) => (Node)new Node.Repeat(item, least, null)))));

    /// <summary>Gets random grammars, those among them that the language refuses left out.</summary>
    public static Gen<SimpleGrammar> Any { get; } = Body.Array[4].Select(rules => new SimpleGrammar(rules)).Where(grammar => grammar.TryParse() is not null);

    public string Print() => string.Join('\n', Rules.Select((rule, index) => $"r{index} ::= {rule.Print()}").Prepend("root ::= r0"));

    public override string ToString() => Print();

    private Grammar? TryParse()
    {
        try
        {
            return Grammar.Parse(Print());
        }
        catch (GrammarException)
        {
            return null;
        }
    }
}

/// <summary>Judges one text by recursive descent over all ways to read it: slow, and with nothing in common with the matcher.</summary>
internal sealed class NaiveRecogniser(SimpleGrammar grammar, byte[] text)
{
    private readonly Dictionary<(int Rule, int Position), (HashSet<int> Ends, bool IsOpen)> _known = [];

    public bool IsSentence => Read(grammar.Rules[0], 0).Ends.Contains(text.Length);

    /// <summary>Gets whether a sentence begins with the text and is longer.</summary>
    public bool IsProperPrefix => Read(grammar.Rules[0], 0).IsOpen;

    public bool IsViable => Read(grammar.Rules[0], 0) is var result && (result.IsOpen || result.Ends.Contains(text.Length));

    private (HashSet<int> Ends, bool IsOpen) Read(Node node, int position)
    {
        switch (node)
        {
            case Node.Text literal:
                return OneOf(position, [Encoding.UTF8.GetBytes(literal.Value)]);
            case Node.AnyOf characters:
                return OneOf(position, characters.Characters.EnumerateRunes().Select(rune => Encoding.UTF8.GetBytes(rune.ToString())));
            case Node.OneOf literals:
                return OneOf(position, literals.Values.Select(Encoding.UTF8.GetBytes));
            case Node.PieceOf piece:
                var pieces = Enumerable.Range(0, piece.Value.Length).SelectMany(begin => Enumerable.Range(1, piece.Value.Length - begin).Select(length => piece.Value.Substring(begin, length)));
                return OneOf(position, pieces.Select(Encoding.UTF8.GetBytes));
            case Node.Rule rule:
                if (!_known.TryGetValue((rule.Index, position), out var known))
                {
                    known = Read(grammar.Rules[rule.Index], position);
                    _known.Add((rule.Index, position), known);
                }

                return known;
            case Node.Choice choice:
                var all = choice.Items.Select(item => Read(item, position)).ToArray();
                return ([.. all.SelectMany(one => one.Ends)], all.Any(one => one.IsOpen));
            case Node.Sequence sequence:
                return InTurn(sequence.Items, position);
            case Node.Repeat repeat:
                return Repeated(repeat, position);
            default:
                throw new InvalidOperationException();
        }
    }

    private (HashSet<int> Ends, bool IsOpen) OneOf(int position, IEnumerable<byte[]> literals)
    {
        var ends = new HashSet<int>();
        var isOpen = false;
        foreach (var literal in literals)
        {
            var rest = text.AsSpan(position);
            if (rest.StartsWith(literal))
            {
                ends.Add(position + literal.Length);
            }
            else
            {
                isOpen |= literal.AsSpan().StartsWith(rest);
            }
        }

        return (ends, isOpen);
    }

    private (HashSet<int> Ends, bool IsOpen) InTurn(IEnumerable<Node> items, int position)
    {
        HashSet<int> ends = [position];
        var isOpen = false;
        foreach (var item in items)
        {
            (ends, var opens) = Each(item, ends);
            isOpen |= opens;
        }

        return (ends, isOpen);
    }

    private (HashSet<int> Ends, bool IsOpen) Each(Node item, HashSet<int> positions)
    {
        var all = positions.Select(position => Read(item, position)).ToArray();
        return ([.. all.SelectMany(one => one.Ends)], all.Any(one => one.IsOpen));
    }

    private (HashSet<int> Ends, bool IsOpen) Repeated(Node.Repeat repeat, int position)
    {
        var (ends, isOpen) = InTurn(Enumerable.Repeat(repeat.Item, repeat.Minimum), position);
        HashSet<int> all = [.. ends];
        for (var count = repeat.Minimum; count != repeat.Maximum && ends.Count > 0; count++)
        {
            (var further, var opens) = Each(repeat.Item, ends);
            isOpen |= opens;
            ends = [.. further.Where(all.Add)];
        }

        return (all, isOpen);
    }
}
