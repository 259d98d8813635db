using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace TaskServices.Benchmarks.Commands;

/// <summary>Shows how far the run is on standard error: a bar with the time left for a person, a line now and then for a log.</summary>
internal static class ProgressDisplay
{
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(10);

    /// <param name="work">Receives a callback that takes the fraction done, in [0, 1].</param>
    public static Task<T> RunAsync<T>(string label, Func<Action<double>, Task<T>> work)
    {
        if (Console.IsErrorRedirected)
        {
            return RunWithLinesAsync(label, work);
        }

        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(context =>
            {
                var task = context.AddTask(Markup.Escape(label), maxValue: 1);
                return work(fraction => task.Value = fraction);
            });
    }

    private static async Task<T> RunWithLinesAsync<T>(string label, Func<Action<double>, Task<T>> work)
    {
        var elapsed = Stopwatch.StartNew();
        var lastLine = TimeSpan.Zero;
        return await work(fraction =>
        {
            var now = elapsed.Elapsed;
            if (fraction is > 0 and < 1 && now - lastLine >= LineInterval)
            {
                lastLine = now;
                var left = now * ((1 - fraction) / fraction);
                Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{label}: {fraction:P0}, about {left:hh\\:mm\\:ss} left"));
            }
        });
    }
}
