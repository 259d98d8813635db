namespace TaskServices.Inference.Decoding.Automata;

/// <summary>Groups bytes that a rule never tells apart, so that a state needs one table entry for each group.</summary>
internal static class ByteClasses
{
    public static (byte[] ClassOfByte, int Count) Of(Nfa nfa)
    {
        var begins = new bool[257];
        for (var node = 0; node < nfa.NodeCount; node++)
        {
            foreach (ref readonly var edge in nfa[node])
            {
                if (edge.Kind == NfaEdgeKind.Bytes)
                {
                    begins[edge.Low] = true;
                    begins[edge.High + 1] = true;
                }
            }
        }

        var classOfByte = new byte[256];
        var last = 0;
        for (var value = 1; value < 256; value++)
        {
            last += begins[value] ? 1 : 0;
            classOfByte[value] = (byte)last;
        }

        return (classOfByte, last + 1);
    }
}
