namespace StoreFlow.Tests.Features.Languages;

/// <summary>What stands in a staff page's markup as it is would be English in every language.</summary>
public sealed class StaffMarkupTests
{
    private static readonly string[] Folders = ["Dashboard", "Management", "SignIn", "FirstRun", "Home", "Printers"];

    /// <summary>Names and units that are the same in all languages.</summary>
    private static readonly string[] NoLanguage = ["StoreFlow", "· StoreFlow", "mm ·", "/track/"];

    [Fact]
    public void Staff_pages_have_no_text_that_stands_bare_in_their_markup()
    {
        var pages = Source.Pages.Where(page => Folders.Contains(page.Key.Split('/')[1])).ToList();
        Assert.True(pages.Count > 40);
        Assert.Empty(pages
            .SelectMany(page => RazorMarkup.BareTexts(page.Value).Except(NoLanguage).Select(text => $"{page.Key}: {text}"))
            .Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("""<p class="told">Saved</p>""", "Saved")]
    [InlineData("""<p>@Texts["Saved"]</p>""")]
    [InlineData("""<button aria-label="@Texts["Close"]" @onclick="() => Close(1)">✕</button>""")]
    [InlineData("""<button aria-label="Close">✕</button>""", "Close")]
    [InlineData("""<FormField Form="_form" Name="name" Label="Name" />""", "Name")]
    [InlineData("@if (Sees(\"all (of it)\"))\n{\n    <b>@(Has ? \"a\" : $\"{Name} (b)\")</b>\n}\nelse if (x)\n{\n}\n")]
    [InlineData("@* A note. *@\n@page \"/orders\"\n<p>@Texts[\"{0} of {1}\", One(2), Two[3]] or more</p>", "or more")]
    [InlineData("<p>@name.Length</p>\n\n@code {\n    private string Name => \"It is said\";\n}\n")]
    public void What_stands_bare_is_found(string markup, params string[] bare) => Assert.Equal(bare, RazorMarkup.BareTexts(markup));
}
