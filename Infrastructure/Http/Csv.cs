using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;

namespace StoreFlow.Infrastructure;

/// <summary>
/// Tables for spreadsheets: UTF-8 with the byte order mark that they want. Text that a spreadsheet would take for a formula gets
/// an apostrophe in front.
/// </summary>
internal static class Csv
{
    public const string ContentType = "text/csv; charset=utf-8";

    private static readonly CsvConfiguration Writing = new(CultureInfo.InvariantCulture) { InjectionOptions = InjectionOptions.Escape };

    // Spreadsheets of many countries save with semicolons.
    private static readonly CsvConfiguration Reading = new(CultureInfo.InvariantCulture)
    {
        DetectDelimiter = true,
        DetectDelimiterValues = [",", ";", "\t"],
        TrimOptions = TrimOptions.Trim,
        BadDataFound = null,
    };

    /// <summary>Writes to the stream, which stays open.</summary>
    public static CsvWriter Writer(Stream stream) =>
        new(new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true), leaveOpen: true), Writing);

    /// <summary>Reads a table with commas, semicolons or tabs.</summary>
    /// <remarks>Where the file is not UTF-8, reading throws <see cref="DecoderFallbackException"/>.</remarks>
    public static CsvReader Reader(Stream stream) =>
        new(new StreamReader(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true)), Reading);

    /// <summary>Text of a cell without the apostrophe that <see cref="Writer"/> puts before what looks like a formula.</summary>
    public static string Unescaped(string cell) => cell is ['\'', '=' or '+' or '-' or '@' or '\t' or '\r', ..] ? cell[1..] : cell;
}
