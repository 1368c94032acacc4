using System.Data;
using System.Runtime.CompilerServices;
using Dapper;

namespace StoreFlow.Infrastructure;

/// <summary>How rows become objects: snake_case columns, enums as their snake_case names, instants as UTC milliseconds.</summary>
internal static class DapperSetup
{
    // Dapper's settings are process-wide, and every way in (server, commands, tests) needs them before its first query.
    [ModuleInitializer]
    internal static void Apply()
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        SqlMapper.Settings.PreferTypeHandlersForEnums = true;
        AddEnum<Role>();
        SqlMapper.RemoveTypeMap(typeof(DateTimeOffset));
        SqlMapper.RemoveTypeMap(typeof(DateTimeOffset?));
        SqlMapper.AddTypeHandler(typeof(DateTimeOffset), new InstantHandler());
        SqlMapper.RemoveTypeMap(typeof(bool));
        SqlMapper.RemoveTypeMap(typeof(bool?));
        SqlMapper.AddTypeHandler(typeof(bool), new FlagHandler());
    }

    /// <summary>Keeps an enum as its snake_case name.</summary>
    public static void AddEnum<T>() where T : struct, Enum => SqlMapper.AddTypeHandler(typeof(T), new EnumHandler<T>());

    // Each sets the parameter's type, also where it is null: PostgreSQL cannot plan a statement without it.

    private sealed class EnumHandler<T> : SqlMapper.ITypeHandler where T : struct, Enum
    {
        public object Parse(Type destinationType, object value) => Names.Read<T>((string)value);

        public void SetValue(IDbDataParameter parameter, object value) =>
            Set(parameter, DbType.String, value is T known ? Names.Of(known) : null);
    }

    private sealed class InstantHandler : SqlMapper.ITypeHandler
    {
        public object Parse(Type destinationType, object value) => DateTimeOffset.FromUnixTimeMilliseconds((long)value);

        public void SetValue(IDbDataParameter parameter, object value) =>
            Set(parameter, DbType.Int64, (value as DateTimeOffset?)?.ToUnixTimeMilliseconds());
    }

    /// <summary>Flags are 0 and 1 in both databases, while what PostgreSQL compares is true or false.</summary>
    private sealed class FlagHandler : SqlMapper.ITypeHandler
    {
        public object Parse(Type destinationType, object value) => value is bool flag ? flag : Convert.ToInt64(value) != 0;

        public void SetValue(IDbDataParameter parameter, object value) =>
            Set(parameter, DbType.Int64, value is bool flag ? (flag ? 1L : 0L) : null);
    }

    private static void Set(IDbDataParameter parameter, DbType type, object? value)
    {
        parameter.DbType = type;
        parameter.Value = value ?? DBNull.Value;
    }
}
