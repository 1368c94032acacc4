using System.Globalization;

namespace StoreFlow.Features.Printers;

/// <summary>A status as Star's printers tell it: a number, and perhaps words, as in <c>410 Out of paper</c>.</summary>
/// <param name="Code">The number; 0 where it told none.</param>
internal sealed record PrinterStatus(int Code)
{
    /// <summary>Reads what a printer sent: <c>200 OK</c>, percent-encoded or not, or <c>OK</c> alone. Its words are not kept.</summary>
    public static PrinterStatus Read(string? text)
    {
        var told = Uri.UnescapeDataString(text ?? "").Trim();
        return int.TryParse(
            told.AsSpan(0, Math.Min(3, told.Length)), NumberStyles.None, CultureInfo.InvariantCulture, out var code) ? new(code)
            : new(told.Equals("OK", StringComparison.OrdinalIgnoreCase) ? 200 : 0);
    }

    /// <summary>Whether it can print, or has printed.</summary>
    public bool IsGood => Code is >= 200 and < 300;

    /// <summary>Whether it could not read the ticket, so that it cannot print it later either. A download that broke off is none.</summary>
    public bool IsFinal => Code is 510 or 511 or 512 or 521;

    /// <summary>Whether paper may have come out before it stopped.</summary>
    public bool MayHavePrinted => Code is < 500 or >= 600;

    /// <summary>What is wrong; null where nothing is.</summary>
    public string? Trouble => Code switch
    {
        210 or 211 => "Its paper is nearly used up.",
        >= 200 and < 300 => null,
        410 => "It is out of paper.",
        411 => "Its paper is jammed.",
        >= 410 and < 420 => "Something is wrong with its paper.",
        >= 420 and < 430 => "Its cover is open.",
        520 => "It could not fetch the ticket.",
        521 => "The ticket is too large for it.",
        >= 510 and < 520 => "It cannot read the ticket.",
        0 => "It does not say how it is.",
        _ => $"It reports the error {Code}.",
    };
}
