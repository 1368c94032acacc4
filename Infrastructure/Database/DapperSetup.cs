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
        SqlMapper.AddTypeHandler(new InstantHandler());
    }

    /// <summary>Keeps an enum as its snake_case name.</summary>
    public static void AddEnum<T>() where T : struct, Enum => SqlMapper.AddTypeHandler(new EnumHandler<T>());

    private sealed class EnumHandler<T> : SqlMapper.TypeHandler<T> where T : struct, Enum
    {
        public override T Parse(object value) => Names.Read<T>((string)value);

        public override void SetValue(IDbDataParameter parameter, T value) => parameter.Value = Names.Of(value);
    }

    private sealed class InstantHandler : SqlMapper.TypeHandler<DateTimeOffset>
    {
        public override DateTimeOffset Parse(object value) => DateTimeOffset.FromUnixTimeMilliseconds((long)value);

        public override void SetValue(IDbDataParameter parameter, DateTimeOffset value) =>
            parameter.Value = value.ToUnixTimeMilliseconds();
    }
}
