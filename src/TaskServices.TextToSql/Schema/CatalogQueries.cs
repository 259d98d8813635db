using TaskServices.TextToSql.Sql;

namespace TaskServices.TextToSql.Schema;

/// <summary>What an engine is asked for its tables, columns and keys; each query shows what the login may read and nothing else.</summary>
/// <param name="Tables">Name, Comment (or null), RowEstimate (or null): tables and views of the current schema, in a stable order.</param>
/// <param name="Columns">TableName, Name, Type, Comment (or null), KeyPosition (0 where not part of the primary key), in the table's order.</param>
/// <param name="ForeignKeys">Id, TableName, ColumnName, ReferencedTable, ReferencedColumn, in key order.</param>
internal sealed record CatalogQueries(string Tables, string Columns, string ForeignKeys)
{
    /// <summary>The system's catalogs: the information schema hides foreign keys from all but their owners.</summary>
    private static readonly CatalogQueries Postgres = new(
        """
        SELECT c.relname AS "Name", obj_description(c.oid, 'pg_class') AS "Comment", CASE WHEN c.reltuples >= 0 THEN c.reltuples::bigint END AS "RowEstimate"
        FROM pg_class AS c
        WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
          AND has_any_column_privilege(c.oid, 'SELECT')
        ORDER BY c.oid
        """,
        """
        SELECT c.relname AS "TableName", a.attname AS "Name", format_type(a.atttypid, a.atttypmod) AS "Type", col_description(c.oid, a.attnum) AS "Comment",
               COALESCE(array_position(k.conkey, a.attnum), 0)::bigint AS "KeyPosition"
        FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid LEFT JOIN pg_constraint AS k ON k.conrelid = c.oid AND k.contype = 'p'
        WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped
          AND has_column_privilege(c.oid, a.attnum, 'SELECT')
        ORDER BY c.oid, a.attnum
        """,
        """
        SELECT k.oid::bigint AS "Id", c.relname AS "TableName", a.attname AS "ColumnName", r.relname AS "ReferencedTable", b.attname AS "ReferencedColumn"
        FROM pg_constraint AS k JOIN pg_class AS c ON c.oid = k.conrelid JOIN pg_class AS r ON r.oid = k.confrelid
        CROSS JOIN LATERAL unnest(k.conkey, k.confkey) WITH ORDINALITY AS u(own, other, position)
        JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = u.own JOIN pg_attribute AS b ON b.attrelid = r.oid AND b.attnum = u.other
        WHERE k.contype = 'f' AND k.conparentid = 0 AND k.connamespace = current_schema()::regnamespace
        ORDER BY k.oid, u.position
        """);

    private static readonly CatalogQueries MySql = new(
        """
        SELECT TABLE_NAME AS Name, NULLIF(NULLIF(TABLE_COMMENT, ''), 'VIEW') AS Comment, TABLE_ROWS AS RowEstimate
        FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE IN ('BASE TABLE', 'VIEW') ORDER BY CREATE_TIME, TABLE_NAME
        """,
        """
        SELECT c.TABLE_NAME AS TableName, c.COLUMN_NAME AS Name, c.COLUMN_TYPE AS Type, NULLIF(c.COLUMN_COMMENT, '') AS Comment,
               COALESCE(k.ORDINAL_POSITION, 0) AS KeyPosition
        FROM information_schema.COLUMNS AS c
        LEFT JOIN information_schema.KEY_COLUMN_USAGE AS k
          ON k.TABLE_SCHEMA = c.TABLE_SCHEMA AND k.TABLE_NAME = c.TABLE_NAME AND k.COLUMN_NAME = c.COLUMN_NAME AND k.CONSTRAINT_NAME = 'PRIMARY'
        WHERE c.TABLE_SCHEMA = DATABASE() AND FIND_IN_SET('select', c.PRIVILEGES) > 0
        ORDER BY c.TABLE_NAME, c.ORDINAL_POSITION
        """,
        """
        SELECT DENSE_RANK() OVER (ORDER BY TABLE_NAME, CONSTRAINT_NAME) AS Id, TABLE_NAME AS TableName, COLUMN_NAME AS ColumnName,
               REFERENCED_TABLE_NAME AS ReferencedTable, REFERENCED_COLUMN_NAME AS ReferencedColumn
        FROM information_schema.KEY_COLUMN_USAGE
        WHERE TABLE_SCHEMA = DATABASE() AND REFERENCED_TABLE_SCHEMA = DATABASE() ORDER BY TABLE_NAME, CONSTRAINT_NAME, ORDINAL_POSITION
        """);

    private static readonly CatalogQueries SqlServer = new(
        """
        SELECT o.name AS Name, CAST(p.value AS nvarchar(4000)) AS Comment,
               (SELECT SUM(s.rows) FROM sys.partitions AS s WHERE s.object_id = o.object_id AND s.index_id IN (0, 1)) AS RowEstimate
        FROM sys.objects AS o LEFT JOIN sys.extended_properties AS p ON p.major_id = o.object_id AND p.minor_id = 0 AND p.class = 1 AND p.name = 'MS_Description'
        WHERE o.schema_id = SCHEMA_ID() AND o.type IN ('U', 'V') AND o.is_ms_shipped = 0 ORDER BY o.object_id
        """,
        """
        SELECT o.name AS TableName, c.name AS Name, TYPE_NAME(c.user_type_id) AS Type, CAST(p.value AS nvarchar(4000)) AS Comment,
               CAST(COALESCE(k.key_ordinal, 0) AS bigint) AS KeyPosition
        FROM sys.objects AS o JOIN sys.columns AS c ON c.object_id = o.object_id
        LEFT JOIN sys.extended_properties AS p ON p.major_id = o.object_id AND p.minor_id = c.column_id AND p.class = 1 AND p.name = 'MS_Description'
        LEFT JOIN sys.indexes AS i ON i.object_id = o.object_id AND i.is_primary_key = 1
        LEFT JOIN sys.index_columns AS k ON k.object_id = o.object_id AND k.index_id = i.index_id AND k.column_id = c.column_id
        WHERE o.schema_id = SCHEMA_ID() AND o.type IN ('U', 'V') AND o.is_ms_shipped = 0
          AND HAS_PERMS_BY_NAME(QUOTENAME(SCHEMA_NAME()) + '.' + QUOTENAME(o.name), 'OBJECT', 'SELECT', c.name, 'COLUMN') = 1
        ORDER BY o.object_id, c.column_id
        """,
        """
        SELECT CAST(f.object_id AS bigint) AS Id, OBJECT_NAME(f.parent_object_id) AS TableName, COL_NAME(f.parent_object_id, x.parent_column_id) AS ColumnName,
               OBJECT_NAME(f.referenced_object_id) AS ReferencedTable, COL_NAME(f.referenced_object_id, x.referenced_column_id) AS ReferencedColumn
        FROM sys.foreign_keys AS f JOIN sys.foreign_key_columns AS x ON x.constraint_object_id = f.object_id
        WHERE f.schema_id = SCHEMA_ID() ORDER BY f.object_id, x.constraint_column_id
        """);

    private static readonly CatalogQueries DuckDb = new(
        """
        SELECT Name, Comment, RowEstimate FROM (
          SELECT table_name AS Name, comment AS Comment, estimated_size AS RowEstimate, table_oid AS number FROM duckdb_tables()
          WHERE schema_name = current_schema() AND NOT internal AND NOT temporary
          UNION ALL
          SELECT view_name, comment, NULL, view_oid FROM duckdb_views() WHERE schema_name = current_schema() AND NOT internal AND NOT temporary)
        ORDER BY number
        """,
        """
        SELECT c.table_name AS TableName, c.column_name AS Name, c.data_type AS Type, c.comment AS Comment,
               COALESCE(list_position(k.constraint_column_names, c.column_name), 0)::BIGINT AS KeyPosition
        FROM duckdb_columns() AS c
        LEFT JOIN duckdb_constraints() AS k ON k.table_oid = c.table_oid AND k.database_oid = c.database_oid AND k.constraint_type = 'PRIMARY KEY'
        WHERE c.schema_name = current_schema() AND NOT c.internal ORDER BY c.table_oid, c.column_index
        """,
        """
        SELECT k.number AS Id, k.table_name AS TableName, unnest(k.constraint_column_names) AS ColumnName, k.referenced_table AS ReferencedTable,
               unnest(k.referenced_column_names) AS ReferencedColumn
        FROM (SELECT *, row_number() OVER (ORDER BY table_oid, constraint_index) AS number FROM duckdb_constraints()
              WHERE constraint_type = 'FOREIGN KEY' AND schema_name = current_schema()) AS k ORDER BY k.number
        """);

    public static CatalogQueries For(SqlDialect dialect) => dialect switch
    {
        SqlDialect.Postgres => Postgres,
        SqlDialect.MySql => MySql,
        SqlDialect.SqlServer => SqlServer,
        _ => DuckDb,
    };
}
