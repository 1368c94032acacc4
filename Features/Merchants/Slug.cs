using System.Text;

namespace StoreFlow.Features.Merchants;

/// <summary>A code made from the letters and digits of a name that may stand in one: "Bike Shop No. 2" becomes
/// <c>bike-shop-no-2</c>.</summary>
internal static class Slug
{
    private const int Longest = 40;

    public static string Of(string? name)
    {
        var slug = new StringBuilder();
        foreach (var c in (name ?? "").ToLowerInvariant())
            if (char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c))
                slug.Append(c);
            else if (!char.IsLetter(c) && slug is { Length: > 0 } && slug[^1] != '-')
                slug.Append('-');
        var text = slug.ToString(0, Math.Min(slug.Length, Longest)).Trim('-');
        return text is "" ? "store" : text; // a name in another script has no such letters
    }
}
