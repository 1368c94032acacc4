using System.Collections;
using System.Collections.Frozen;
using System.Resources;
using System.Text.RegularExpressions;

namespace StoreFlow.Features.Languages;

/// <summary>The resource files that the program has: a language is there as soon as its file is.</summary>
internal static partial class LanguageFiles
{
    /// <summary>English first, then the others by code.</summary>
    /// <param name="kind">What the files' names begin with.</param>
    public static IEnumerable<(string Code, FrozenDictionary<string, string> Texts)> Read(string kind) =>
        from name in typeof(Language).Assembly.GetManifestResourceNames()
        let match = FileName().Match(name)
        where match.Success && match.Groups["kind"].Value == kind
        let code = match.Groups["code"] is { Success: true, Value: var found } ? found : "en"
        orderby code != "en", code
        select (code, Texts(name));

    private static FrozenDictionary<string, string> Texts(string name)
    {
        using var reader = new ResourceReader(typeof(Language).Assembly.GetManifestResourceStream(name)!);
        return reader.Cast<DictionaryEntry>().ToFrozenDictionary(text => (string)text.Key, text => (string)text.Value!);
    }

    [GeneratedRegex(@"^StoreFlow\.Features\.Languages\.(?<kind>\w+)(\.(?<code>[a-z]{2,3}))?\.resources$")]
    private static partial Regex FileName();
}
