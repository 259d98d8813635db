namespace TaskServices.Inference.Decoding.Automata;

/// <summary>
/// One run of Knuth's generalisation of Dijkstra's algorithm (D. Knuth, A generalization of Dijkstra's algorithm, 1977) over all nodes of
/// all rules: nodes are settled by rising distance to their rule's end, so every edge is looked at no more than twice.
/// </summary>
internal static class ShortestSentences
{
    /// <param name="minimumBytes">By automaton: known for terminals, filled in for rules.</param>
    /// <param name="isUsable">Whether any byte of a range may be used.</param>
    /// <returns>By rule and node, the bytes to the rule's end.</returns>
    public static int[][] Compute(IReadOnlyList<Nfa> rules, int[] minimumBytes, Func<byte, byte, bool> isUsable)
    {
        var distances = new int[rules.Count][];
        var incoming = new Nfa[rules.Count];
        var calls = new List<(int Rule, int From, int Target)>[rules.Count];
        var open = new PriorityQueue<(int Rule, int Node), int>();
        for (var rule = 0; rule < rules.Count; rule++)
        {
            distances[rule] = new int[rules[rule].NodeCount];
            distances[rule].AsSpan().Fill(GrammarFacts.Unreachable);
            calls[rule] = [];
        }

        var reversed = new List<(int, NfaEdge)>();
        for (var rule = 0; rule < rules.Count; rule++)
        {
            reversed.Clear();
            for (var node = 0; node < rules[rule].NodeCount; node++)
            {
                foreach (ref readonly var edge in rules[rule][node])
                {
                    reversed.Add((edge.Target, edge with { Target = node }));
                    if (edge.Kind == NfaEdgeKind.Call && edge.Callee < rules.Count)
                    {
                        calls[edge.Callee].Add((rule, node, edge.Target));
                    }
                }
            }

            incoming[rule] = new Nfa(rules[rule].NodeCount, reversed);
            Relax(rule, Nfa.Accept, 0);
        }

        while (open.TryDequeue(out var place, out var distance))
        {
            if (distance > distances[place.Rule][place.Node])
            {
                continue;
            }

            foreach (ref readonly var edge in incoming[place.Rule][place.Node])
            {
                var cost = edge.Kind switch { NfaEdgeKind.Empty => 0, NfaEdgeKind.Bytes => 1, _ => minimumBytes[edge.Callee] };
                if (edge.Kind == NfaEdgeKind.Bytes && !isUsable(edge.Low, edge.High))
                {
                    continue;
                }

                Relax(place.Rule, edge.Target, distance + cost);
            }

            if (place.Node == Nfa.Start && minimumBytes[place.Rule] > distance)
            {
                minimumBytes[place.Rule] = distance;
                foreach (var (rule, from, target) in calls[place.Rule])
                {
                    Relax(rule, from, distance + distances[rule][target]);
                }
            }
        }

        return distances;

        void Relax(int rule, int node, int distance)
        {
            if (distance < distances[rule][node])
            {
                distances[rule][node] = distance;
                open.Enqueue((rule, node), distance);
            }
        }
    }
}
