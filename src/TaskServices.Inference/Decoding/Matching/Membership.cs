using TaskServices.Inference.Decoding.Automata;

namespace TaskServices.Inference.Decoding.Matching;

/// <summary>Whole-text membership, without a tokenizer.</summary>
internal static class Membership
{
    private const long WorkPerByte = 100_000;

    public static bool Accepts(Grammar grammar, ReadOnlySpan<byte> text)
    {
        var stepper = new ConfigurationStepper(new StackPool(distances: null)) { RemainingWork = 10_000_000 };
        var end = stepper.Load([new Configuration(grammar.Root, Automaton.Start, stepper.Pool.Bottom)]);
        var canEnd = grammar.Root.MinimumBytes == 0;
        foreach (var value in text)
        {
            stepper.RemainingWork = WorkPerByte;
            var next = stepper.Step(0, end, value, out canEnd);
            end = stepper.Load(stepper[end, next]);
            if (end == 0 && !canEnd)
            {
                return false;
            }
        }

        return canEnd;
    }
}
