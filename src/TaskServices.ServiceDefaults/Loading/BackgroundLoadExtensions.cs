using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace TaskServices.ServiceDefaults.Loading;

/// <summary>Registration of what is loaded in the background.</summary>
public static class BackgroundLoadExtensions
{
    /// <summary>Loads something in the background, as <see cref="LateLoaded{T}"/>; the server is ready once it is there.</summary>
    /// <param name="name">For the log, for example <c>Text-to-SQL</c>.</param>
    /// <param name="load">Called once. The caller disposes what it makes.</param>
    public static IServiceCollection AddBackgroundLoad<T>(
        this IServiceCollection services, string name, Func<IServiceProvider, CancellationToken, Task<T>> load)
        where T : class
    {
        services.AddSingleton<LateLoaded<T>>();
        services.AddSingleton<IHostedService>(provider => ActivatorUtilities.CreateInstance<BackgroundLoader<T>>(
            provider, name, (Func<CancellationToken, Task<T>>)(cancellationToken => load(provider, cancellationToken))));
        services.AddHealthChecks().AddCheck<LoadedCheck<T>>(name);
        return services;
    }
}
