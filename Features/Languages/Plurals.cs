namespace StoreFlow.Features.Languages;

/// <summary>Which form of a text a whole number takes, as Unicode's CLDR says.</summary>
internal static class Plurals
{
    /// <summary>
    /// <c>zero, one, two, few, many</c> or <c>other</c>. A language that is not named here has <c>one</c> and <c>other</c>.
    /// </summary>
    public static string Of(string language, long count)
    {
        var n = Math.Abs(count);
        return language switch
        {
            "ar" => n switch
            {
                0 => "zero",
                1 => "one",
                2 => "two",
                _ => (n % 100) switch { >= 3 and <= 10 => "few", >= 11 => "many", _ => "other" },
            },
            "fr" => n is 0 or 1 ? "one" : IsMillions(n) ? "many" : "other",
            "es" => n == 1 ? "one" : IsMillions(n) ? "many" : "other",
            _ => n == 1 ? "one" : "other",
        };
    }

    // "un million de caractères"
    private static bool IsMillions(long n) => n != 0 && n % 1_000_000 == 0;
}
