using System.Runtime.InteropServices;
using TaskServices.Inference.Decoding.Automata;

namespace TaskServices.Inference.Decoding.Matching;

/// <summary>The places right behind a call: where its caller goes on and, where the caller may end there, what follows the caller.</summary>
internal sealed class PlacesAfter
{
    private const int MaxCount = 16;

    private readonly List<Configuration> _places = [];
    private ByteSet _bytes;

    private PlacesAfter()
    {
    }

    public ReadOnlySpan<Configuration> Places => CollectionsMarshal.AsSpan(_places);

    /// <summary>Gets the bytes that some place takes.</summary>
    public ref readonly ByteSet Bytes => ref _bytes;

    /// <summary>Collects the places behind a call that stands on a stack, or gives null where they are many.</summary>
    public static PlacesAfter? Collect(StackSet stack) => new PlacesAfter() is var after && after.TryAdd(stack) ? after : null;

    public bool Contains(in Configuration place) => _places.Contains(place);

    private bool TryAdd(StackSet stack)
    {
        foreach (var (automaton, state, parent) in stack.Frames)
        {
            var place = new Configuration(automaton, state, parent);
            if (_places.Contains(place))
            {
                continue;
            }

            if (_places.Count >= MaxCount)
            {
                return false;
            }

            _places.Add(place);
            _bytes.UnionWith(automaton.GetBytes(state));
            if (automaton.IsAccepting(state) && !TryAdd(parent))
            {
                return false;
            }
        }

        return true;
    }
}
