using FluentMigrator;

namespace StoreFlow.Migrations;

/// <summary>A password for the pages, as ASP.NET's hasher writes it; a user without one only has tokens.</summary>
[Migration(8)]
public sealed class M0008_Passwords : ForwardOnlyMigration
{
    public override void Up() => Execute.Sql("ALTER TABLE users ADD COLUMN password_hash TEXT;");
}
