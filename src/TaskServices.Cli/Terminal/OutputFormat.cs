namespace TaskServices.Cli.Terminal;

internal enum OutputFormat
{
    Human,
    Json,
}
