using System.Text.Json;
using TaskServices.TextToSql.Audit;
using TaskServices.TextToSql.Guard;
using TaskServices.TextToSql.Sql.Binding;

namespace TaskServices.TextToSql.Configuration;

/// <summary>Reads the configuration file: JSON, comments and trailing commas allowed. Whatever it does not know is an error.</summary>
/// <remarks>The README shows a whole file.</remarks>
public sealed class ConfigurationReader
{
    private const int MaxBytes = 4 << 20;

    private readonly string _file;
    private readonly Func<string, string?> _environment;

    private ConfigurationReader(string file, Func<string, string?> environment)
    {
        _file = file;
        _environment = environment;
    }

    /// <summary>Reads a file; credentials come from the environment and from files beside it.</summary>
    /// <exception cref="TextToSqlException">
    /// Reason <c>CONFIG_NOT_FOUND</c>, or <c>CONFIG_INVALID</c> with file, line and field in the message.
    /// </exception>
    public static ServiceConfiguration Read(string path) => Read(path, Environment.GetEnvironmentVariable);

    internal static ServiceConfiguration Read(string path, Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(path);
        try
        {
            if (new FileInfo(path).Length > MaxBytes)
                throw new ConfigurationException(path, 1, "", "the file is larger than 4 MiB");
            return new ConfigurationReader(path, environment).Read(LocatedJson.Parse(path, File.ReadAllBytes(path)));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new TextToSqlException("CONFIG_NOT_FOUND", $"{path}: the configuration file cannot be read.", exception);
        }
    }

    private ServiceConfiguration Read(LocatedJson root)
    {
        Members(root, "databases", "principals", "audit");
        var roles = new HashSet<string>();
        var databases = new Dictionary<string, ConfiguredDatabase>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in Required(root, "databases").Members ?? throw Error(Required(root, "databases"), "an object of databases by name is expected"))
        {
            if (name.Length is 0 or > 200 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'))
                throw Error(value, "a database's name has letters, digits, '_' and '-' only");
            if (!databases.TryAdd(name, Database(name, value, roles)))
                throw Error(value, "two databases have this name");
        }

        var principals = new Dictionary<string, Principal>();
        if (root.Members!.GetValueOrDefault("principals") is { } list)
        {
            foreach (var (name, value) in list.Members ?? throw Error(list, "an object of principals by name is expected"))
            {
                Members(value, "tenant", "roles", "operator");
                var given = value.Members!.GetValueOrDefault("roles") is { } named ? Texts(named) : [];
                if (given.FirstOrDefault(role => !roles.Contains(role)) is { } unknown)
                    throw Error(value, $"no grant has the role '{unknown}'{Near(unknown, roles)}");
                principals[name] = new(name, value.Members!.GetValueOrDefault("tenant") is { } tenant ? Text(tenant) : null, given)
                {
                    IsOperator = value.Members!.GetValueOrDefault("operator") is { } flag && (flag.Kind is JsonTokenType.True
                        || (flag.Kind is JsonTokenType.False ? false : throw Error(flag, "true or false is expected"))),
                };
            }
        }

        return new(_file, databases, principals) { Audit = root.Members!.GetValueOrDefault("audit") is { } audit ? Audit(audit) : null };
    }

    private AuditSettings Audit(LocatedJson value)
    {
        Members(value, "file", "url", "password", "on_failure");
        var members = value.Members!;
        var onFailure = members.GetValueOrDefault("on_failure");
        var url = members.GetValueOrDefault("url");
        if (url is not null && (members.ContainsKey("file") || !AuditTable.IsUrl(Text(url))))
            throw Error(url, "either a file or the URL of a database is expected");
        if (url is not null)
            RefusePassword(url);
        var continues = onFailure is null || Text(onFailure) is "stop"
            ? false
            : Text(onFailure) is "warn" ? true : throw Error(onFailure, "\"stop\" or \"warn\" is expected");
        return new(
            url is null ? BesideFile(Text(Required(value, "file"))) : Text(url), continues,
            members.GetValueOrDefault("password") is { } password ? Password(password) : null);
    }

    private ConfiguredDatabase Database(string name, LocatedJson value, HashSet<string> roles)
    {
        Members(value, "url", "password", "grants");
        var url = Required(value, "url");
        var grants = Required(value, "grants");
        if (grants.Items is null or { Count: 0 })
            throw Error(grants, "a list of grants is expected; {\"tables\": {\"*\": \"*\"}} grants everything to everyone");
        RefusePassword(url);
        return new(name, Text(url), value.Members!.GetValueOrDefault("password") is { } password ? Password(password) : null, new([.. grants.Items.Select(grant => Grant(grant, roles))]));
    }

    private void RefusePassword(LocatedJson url)
    {
        var at = Text(url).IndexOf('@', StringComparison.Ordinal);
        if (at > 0 && Text(url).LastIndexOf(':', at) > Text(url).IndexOf("://", StringComparison.Ordinal))
            throw Error(url, "a password stands in the URL; write \"password\": {\"env\": \"NAME\"} or {\"file\": \"PATH\"} instead");
    }

    private Secret Password(LocatedJson value)
    {
        Members(value, "env", "file");
        if (value.Members!.Count is not 1)
            throw Error(value, "either env or file is expected");
        if (value.Members.TryGetValue("env", out var variable))
            return new(_environment(Text(variable)) ?? throw Error(variable, $"the environment variable {Text(variable)} is not set"));
        var path = BesideFile(Text(value.Members["file"]));
        return File.Exists(path) ? new(File.ReadAllText(path).TrimEnd('\r', '\n')) : throw Error(value.Members["file"], "there is no such file");
    }

    private string BesideFile(string path) => Path.Combine(Path.GetDirectoryName(Path.GetFullPath(_file))!, path);

    private RoleGrant Grant(LocatedJson value, HashSet<string> roles)
    {
        Members(value, "roles", "tables", "policies", "masks");
        IReadOnlyList<string> given = value.Members!.GetValueOrDefault("roles") is { } named ? Texts(named) : [];
        if (value.Members!.ContainsKey("roles") && given.Count is 0)
            throw Error(value, "an empty list of roles grants to nobody; leave roles out to grant to everyone");
        roles.UnionWith(given);
        var tables = Required(value, "tables");
        var columns = (tables.Members ?? throw Error(tables, "an object of columns by table is expected")).ToDictionary(
            pair => pair.Key,
            IReadOnlyCollection<string>? (pair) => pair.Value.Text is "*" ? null : pair.Value.Items is not null ? Texts(pair.Value) : throw Error(pair.Value, "\"*\" or a list of columns is expected"),
            StringComparer.OrdinalIgnoreCase);
        var policies = Object(value, "policies").ToDictionary(pair => pair.Key, pair => Text(pair.Value), StringComparer.OrdinalIgnoreCase);
        var masks = Object(value, "masks").ToDictionary(
            pair => pair.Key, pair => pair.Value.Kind is JsonTokenType.Null ? null : Text(pair.Value), StringComparer.OrdinalIgnoreCase);
        return new(given, columns, policies, masks);
    }

    private IReadOnlyDictionary<string, LocatedJson> Object(LocatedJson value, string name) => value.Members!.GetValueOrDefault(name) switch
    {
        null => new Dictionary<string, LocatedJson>(),
        { Members: { } members } => members,
        var other => throw Error(other, "an object is expected"),
    };

    private void Members(LocatedJson value, params ReadOnlySpan<string> known)
    {
        if (value.Members is null)
            throw Error(value, "an object is expected");
        foreach (var (name, member) in value.Members)
        {
            if (!known.Contains(name))
                throw Error(member, $"this is not known{Near(name, known.ToArray())}");
        }
    }

    private LocatedJson Required(LocatedJson value, string name) =>
        value.Members!.GetValueOrDefault(name) ?? throw Error(value, $"{name} is missing");

    private string Text(LocatedJson value) =>
        value.Text is { Length: > 0 } text && !text.Any(char.IsControl) ? text : throw Error(value, "a text that is not empty is expected");

    private IReadOnlyList<string> Texts(LocatedJson value) => value.Items is null ? throw Error(value, "a list of texts is expected") : [.. value.Items.Select(Text)];

    private static string Near(string name, IEnumerable<string> known) => NearestName.Find(name, known) is { } near ? $"; did you mean {near}?" : "";

    private ConfigurationException Error(LocatedJson value, string problem) => new(_file, value.Line, value.Path, problem);
}
