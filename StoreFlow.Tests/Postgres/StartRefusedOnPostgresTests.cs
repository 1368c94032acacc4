using Dapper;
using StoreFlow.Infrastructure;
using StoreFlow.Tests.Faults;

namespace StoreFlow.Tests.Postgres;

/// <summary>A database that StoreFlow must not work on is refused at start and by commands, with a sentence and an exit code.</summary>
public sealed class StartRefusedOnPostgresTests : IDisposable
{
    private readonly TestFolder _folder = new();

    [SkippableFact]
    public Task A_server_that_is_not_there() => IsRefused(
        $"Host=127.0.0.1;Port={FreePort.Find()};Database=shop;Username=storeflow",
        "PostgreSQL cannot be reached for shop on 127.0.0.1", isThere: false);

    [SkippableFact]
    public async Task A_wrong_password_which_is_told_nowhere()
    {
        var setting = TestPostgres.Shared.MakeEmpty();
        TestPostgres.Run(setting, $"""
            DO $$ BEGIN
                CREATE ROLE {TestPostgres.Guarded} LOGIN PASSWORD 'the right one';
            EXCEPTION WHEN duplicate_object THEN NULL;
            END $$
            """);
        var guarded = setting.Replace("Username=storeflow", $"Username={TestPostgres.Guarded}", StringComparison.Ordinal);
        await IsRefused($"{guarded};Password=quillfeather-4711", "PostgreSQL refuses the user or the password for", isThere: false);
        await IsRefused(guarded, "password", isThere: false); // none at all
    }

    [SkippableFact]
    public Task A_database_that_is_not_there() =>
        IsRefused(TestPostgres.Shared.SettingOf("nowhere"), "There is no database nowhere on 127.0.0.1", isThere: false);

    [SkippableTheory]
    [InlineData("CREATE TABLE notes (text TEXT)")]
    [InlineData("CREATE TABLE \"VersionInfo\" (\"Version\" BIGINT); " +
        "INSERT INTO \"VersionInfo\" VALUES (3); CREATE TABLE notes (text TEXT)")]
    [InlineData("CREATE SCHEMA other; CREATE TABLE other.notes (text TEXT)")]
    public async Task Another_programs_database(string schema)
    {
        var setting = TestPostgres.Shared.MakeEmpty();
        TestPostgres.Run(setting, schema);
        await IsRefused(setting, "holds another program's tables");
    }

    [SkippableFact]
    public async Task A_database_of_a_newer_StoreFlow()
    {
        var setting = TestPostgres.Shared.MakeMigrated(demo: false);
        TestPostgres.Run(setting, "INSERT INTO \"VersionInfo\" (\"Version\") VALUES (9999)");
        await IsRefused(setting, $"is of a newer release of StoreFlow (schema 9999, this one knows {Migrator.Newest})");
    }

    [SkippableTheory]
    [InlineData("off")]
    [InlineData("local")]
    [InlineData("remote_write")]
    public async Task A_database_that_acknowledges_what_may_be_lost(string commit)
    {
        var setting = TestPostgres.Shared.MakeEmpty();
        TestPostgres.Run(
            setting, $"DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET synchronous_commit = {commit}', current_database()); END $$");
        await IsRefused(setting, $"has synchronous_commit={commit}");
    }

    [Fact]
    public async Task A_server_that_is_too_old()
    {
        using var server = new OldServer();
        await IsRefused(server.Setting, "StoreFlow needs PostgreSQL 15 or newer; shop on 127.0.0.1", isThere: false);
    }

    [SkippableFact]
    public async Task A_standby()
    {
        using var primary = new TestPostgres();
        using var standby = primary.Standby();
        await IsRefused(standby.SettingOf("postgres"), "is a standby, which takes no writes. Name the primary");
    }

    [SkippableFact]
    public async Task A_server_that_lacks_an_extension()
    {
        using var installation = new TestFolder();
        using var server = TestPostgres.Without("unaccent", installation);
        await IsRefused(server.MakeEmpty(), "lacks unaccent. Install its contrib package there.");
    }

    [SkippableFact]
    public async Task A_database_of_another_encoding()
    {
        var latin = TestPostgres.Shared.SettingOf("latin");
        TestPostgres.Run(
            TestPostgres.Shared.SettingOf("postgres"), "CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0 LOCALE 'C'");
        await IsRefused(latin, "keeps its texts in LATIN1.");
    }

    [SkippableFact]
    public async Task A_user_who_may_not_make_tables()
    {
        var setting = TestPostgres.Shared.MakeEmpty();
        var role = $"visitor_{Guid.NewGuid():N}";
        TestPostgres.Run(setting, $"CREATE ROLE {role} LOGIN");
        await IsRefused(setting.Replace("Username=storeflow", $"Username={role}", StringComparison.Ordinal), "may not set up");
    }

    [SkippableFact]
    public async Task The_demo_shop_in_Production()
    {
        var setting = TestPostgres.Shared.MakeMigrated(demo: true);
        var before = ContentOf(setting);
        await using var server = Serve(setting);
        Assert.Equal(1, await server.Exit());
        UsedFile.Refuses(server.Said, "holds the demo shop");
        Assert.Equal(before, ContentOf(setting));
    }

    [Theory]
    [InlineData("storeflow.db", "is no PostgreSQL connection string")]
    [InlineData("Host=localhost;Colour=quillfeather-4711", "is no PostgreSQL connection string")]
    [InlineData("Host=localhost;Port=quillfeather-4711", "is no PostgreSQL connection string")]
    [InlineData("Host=localhost;Database=shop;Maximum Pool Size=3", "a Maximum Pool Size of 4 or more")]
    [InlineData("Host=localhost;Password=quillfeather-4711", "must name a server and a database")]
    [InlineData("Database=shop;Password=quillfeather-4711", "must name a server and a database")]
    public Task What_is_no_connection_string(string setting, string why) => IsRefused(setting, why, isThere: false);

    private async Task IsRefused(string setting, string why, bool isThere = true)
    {
        var before = isThere ? ContentOf(setting) : "";
        await using var server = Serve(setting);
        Assert.Equal(1, await server.Exit());
        UsedFile.Refuses(server.Said, why);
        Assert.DoesNotContain("quillfeather", server.Said, StringComparison.OrdinalIgnoreCase);

        // And so do the commands.
        var (exit, said, error) = await StoreFlowProcess.Run(
            _folder.Path, start => start.Environment["StoreFlow__Database"] = setting, "token", "list", "--user", "owner@demo.example");
        Assert.Equal(1, exit);
        UsedFile.Refuses(said + error, why);
        Assert.DoesNotContain("quillfeather", said + error, StringComparison.OrdinalIgnoreCase);
        if (isThere)
            Assert.Equal(before, ContentOf(setting));
    }

    /// <summary>The tables with their rows, and all else that a migration makes.</summary>
    private static string ContentOf(string setting)
    {
        using var db = TestPostgres.Open(setting);
        return db.QuerySingle<string>("""
            SELECT COALESCE(string_agg(content, E'\n' ORDER BY content), '')
              FROM (SELECT format('%s %I.%I ', c.relkind, n.nspname, c.relname)
                           || CASE WHEN c.relkind = 'r' THEN md5(CAST(table_to_xml(c.oid, true, false, '') AS TEXT)) ELSE '' END AS content
                      FROM pg_class c
                      JOIN pg_namespace n ON n.oid = c.relnamespace
                     WHERE n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema'
                     UNION ALL
                    SELECT format('function %s', p.oid)
                      FROM pg_proc p
                      JOIN pg_namespace n ON n.oid = p.pronamespace
                     WHERE n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema'
                     UNION ALL
                    SELECT format('extension %s', extname) FROM pg_extension) found
            """);
    }

    private StoreFlowProcess Serve(string setting) =>
        StoreFlowProcess.Serve(_folder.Path, "Production", start => start.Environment["StoreFlow__Database"] = setting);

    public void Dispose() => _folder.Dispose();
}
