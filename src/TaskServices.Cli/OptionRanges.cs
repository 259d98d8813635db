using System.CommandLine;
using System.Globalization;

namespace TaskServices.Cli;

/// <summary>Checks numbers while parsing, so that a bad one is a usage error before anything is loaded.</summary>
internal static class OptionRanges
{
    public static void RequireRange<T>(this Option<T> option, T least, T most)
        where T : struct, IComparable<T> =>
        option.Validators.Add(result =>
        {
            // A text that is no number has an error of its own.
            if (result.Tokens.Count > 0 && TryGet(result, option) is { } value && (value.CompareTo(least) < 0 || value.CompareTo(most) > 0))
            {
                result.AddError(string.Create(
                    CultureInfo.InvariantCulture, $"{option.Name} must be in [{least}, {most}]; it is {result.Tokens[0].Value}."));
            }
        });

    private static T? TryGet<T>(System.CommandLine.Parsing.OptionResult result, Option<T> option)
        where T : struct
    {
        try
        {
            return result.GetValue(option);
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
