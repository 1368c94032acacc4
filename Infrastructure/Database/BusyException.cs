using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace StoreFlow.Infrastructure;

/// <summary>The database cannot take the write now: answered with 503 <c>busy</c>. Nothing was written.</summary>
public sealed class BusyException(string why, Exception? inner = null) : Exception(why, inner)
{
    internal const string UsualSentence = "The shop's database cannot take this right now. Nothing was changed; try again in a moment.";

    /// <summary>What the answer says.</summary>
    public string Sentence { get; init; } = UsualSentence;

    /// <summary>A <see cref="BusyException"/> where the fault may pass by itself (a lock, a full disk), else the same fault.</summary>
    internal static Exception Or(Exception fault) => fault is SqliteException
    {
        SqliteErrorCode: raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_FULL
            or raw.SQLITE_READONLY or raw.SQLITE_IOERR or raw.SQLITE_CANTOPEN
    } || PostgresFaults.MayPass(fault)
        ? new BusyException("The database cannot take the write now.", fault)
        : fault;
}
