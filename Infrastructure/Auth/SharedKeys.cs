using System.Data.Common;
using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using System.Xml.Linq;
using Dapper;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace StoreFlow.Infrastructure;

/// <summary>
/// The keys that sign sessions, as rows that all nodes share: who signed in on one node is signed in on each. ASP.NET makes the next key
/// two days before it is used and reads them all each day, so that no node meets one that it does not know.
/// </summary>
internal sealed class SharedKeys(Database database, TimeProvider clock) : IXmlRepository
{
    /// <summary>Where they are.</summary>
    public const string Table = "data_protection_keys";

    public IReadOnlyCollection<XElement> GetAllElements() =>
        [.. database.Read(db => db.Query<string>($"SELECT xml FROM {Table} ORDER BY created_at, name").AsList())
            .Select(XElement.Parse)];

    // Side by side, because the first one is made while a write of this node runs alone.
    public void StoreElement(XElement element, string friendlyName)
    {
        var (xml, now) = (element.ToString(SaveOptions.DisableFormatting), clock.Now());
        database.WriteAsync(db => db.Execute(InsertSql, new { name = friendlyName, xml, now }), WriteScope.SideBySide)
            .GetAwaiter().GetResult();
    }

    /// <summary>
    /// Reads the keys before this node serves, and makes one where none can be used. Of nodes that start at the same time one makes it,
    /// the others wait and find it.
    /// </summary>
    /// <exception cref="DbException">The database cannot be read or written to.</exception>
    public static void Prepare(Database database, IDataProtectionProvider protection) => database.WriteAsync(_ =>
    {
        try
        {
            return protection.CreateProtector(nameof(SharedKeys)).Protect([1]);
        }
        catch (CryptographicException fault) when (fault.InnerException is DbException or BusyException)
        {
            ExceptionDispatchInfo.Throw(fault.InnerException);
            throw;
        }
    }).GetAwaiter().GetResult();

    private const string InsertSql = $"""
        INSERT INTO {Table} (name, xml, created_at) VALUES (@name, @xml, @now)
            ON CONFLICT (name) DO UPDATE SET xml = excluded.xml
        """;
}
