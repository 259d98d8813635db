using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace TaskServices.Cli.Terminal;

/// <summary>Shows how far a job is on stderr: a bar with the time left for a person, a plain line now and then for a log.</summary>
internal static class ProgressDisplay
{
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(10);

    /// <param name="work">Receives a callback that takes the fraction done, in [0, 1].</param>
    public static Task<T> RunAsync<T>(string label, Func<Action<double>, Task<T>> work) =>
        TerminalOutput.IsInteractive ? RunWithBarAsync(label, work) : RunWithLinesAsync(label, work);

    private static Task<T> RunWithBarAsync<T>(string label, Func<Action<double>, Task<T>> work) =>
        TerminalOutput.Error.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(context =>
            {
                var task = context.AddTask(Markup.Escape(label), maxValue: 1);
                return work(fraction => task.Value = fraction);
            });

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
                Console.Error.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"taskservices: {label}: {fraction:P0}, about {left:hh\\:mm\\:ss} left"));
            }
        });
    }
}
