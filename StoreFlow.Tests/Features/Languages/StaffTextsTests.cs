using System.Text.RegularExpressions;
using StoreFlow.Features.Emails;
using StoreFlow.Features.Languages;
using StoreFlow.Features.Merchants;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Tests.Features.Languages;

/// <summary>The files of the staff pages' languages beside what the source says.</summary>
public sealed partial class StaffTextsTests
{
    public static TheoryData<string> Others => [.. StaffTexts.All.Skip(1).Select(texts => texts.Language.Code)];

    [Fact]
    public void English_and_German_are_there() => Assert.Equal(["en", "de"], StaffTexts.All.Select(texts => texts.Language.Code));

    [Theory]
    [MemberData(nameof(Others))]
    public void A_language_has_every_text_that_is_said(string code) =>
        Assert.Equal([], SaidTexts.Keys
            .Concat(Words).Concat(Parts).Concat(Composed).Except(Texts(code).Keys)
            .Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Others))]
    public void A_language_has_no_text_that_nobody_says(string code) =>
        Assert.Equal([], Texts(code).Keys
            .Except(SaidTexts.Keys).Except(SaidTexts.Literals).Except(Words).Except(Parts).Except(Composed)
            .Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Others))]
    public void A_text_has_the_places_of_the_English_one_which_has_them_in_order(string code) =>
        Assert.All(Texts(code).Keys, key =>
        {
            var places = Place().Matches(key).Select(place => place.Value).ToList();
            if (places is ["{0}", ..])
                Assert.Equal(places.Select((_, i) => $"{{{i}}}"), places);
            Assert.Equal(
                (key, string.Join(' ', places.Order())),
                (key, string.Join(' ', Place().Matches(Texts(code)[key]).Select(place => place.Value).Order())));
        });

    [Theory]
    [MemberData(nameof(Others))]
    public void A_text_says_something_and_ends_as_the_English_one(string code) => Assert.All(Texts(code).Keys, key =>
    {
        Assert.NotEmpty(Texts(code)[key].Trim());
        var end = End().Match(key).Value;
        if (end.Length > 0 || !Shortened().IsMatch(Texts(code)[key]))
            Assert.Equal((key, end), (key, End().Match(Texts(code)[key]).Value));
    });

    // The compiler of the files takes them for one.
    [Theory]
    [MemberData(nameof(Others))]
    public void No_two_texts_differ_by_case_alone(string code) =>
        Assert.Distinct(Texts(code).Keys, StringComparer.OrdinalIgnoreCase);

    [Theory]
    [MemberData(nameof(Others))]
    public void A_language_has_every_sentence_of_a_refusal_that_a_page_can_show(string code) => Assert.Equal([], Source.Files
        .Where(file => !ForOthers.Any(folder => file.Key.StartsWith(folder, StringComparison.Ordinal)))
        .SelectMany(file => SaidTexts.RefusalsIn(file.Value))
        .Where(english => Texts(code).Sentence(english) == english)
        .Except(ForPrograms).Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public void Scripts_say_texts_and_pages_ask_for_words_that_are_known_here()
    {
        Assert.Empty(SaidTexts.UnclearScripts);
        Assert.Equal(WordsByMeaning.Keys.Order(), WordsByMeaning.Keys.Union(SaidTexts.ComputedMeanings).Order());
    }

    /// <summary>What refuses customers, programs or a command line only.</summary>
    private static readonly string[] ForOthers =
    [
        "Features/ApiReference/", "Features/Checkout/", "Features/Figures/", "Features/ListOrders/", "Features/LiveUpdates/",
        "Features/Push/", "Features/ShopFiles/", "Infrastructure/",
    ];

    /// <summary>What is wrong in a body that no page sends, with a 7 for what differs.</summary>
    private static readonly string[] ForPrograms =
    [
        "A product on sale does not come back: leave this out.",
        "An idempotency key has 1 to 255 printable ASCII characters.",
        "An order is listed twice.",
        "An override cannot cancel. Use the step for it: POST /orders/{id}/cancel.",
        "Erasing cannot be undone. Send true.",
        "Leave this out where all_stores is true.",
        "Name the stores in store_ids instead.",
        "Say by how many minutes, too: 1 to 240.",
        "Send 1 to 7 orders.",
        "Send busy_minutes with busy_until, paused_until, or products.",
        "Send one version for each order, or leave this out.",
        "Send the new time, here or as ready_in_minutes.",
        "Send this or ready_in_minutes, not both.",
        "This has to be 1 to 7 numbers of orders.",
        "This has to be some of 7.",
        "This has to be true or false.",
        "This has to be whsec_ and 24 to 64 bytes in base64.",
        "This idempotency key was used for another request. Use a new key for each new order or step.",
        "Tickets are text/plain.",
    ];

    private static StaffTexts Texts(string code) => StaffTexts.Find(code)!;

    /// <summary>Words that pages take from elsewhere: from the lifecycle, from an enum, from the log.</summary>
    private static readonly Dictionary<string, IEnumerable<string>> WordsByMeaning = new()
    {
        ["button"] = Lifecycle.Stages.Select(stage => stage.Button).Where(button => button.Length > 0),
        ["is"] = Lifecycle.Stages.Select(stage => stage.Is),
        ["did"] = Lifecycle.Stages.Select(stage => stage.Did),
        ["role"] = Enum.GetValues<Role>().Select(Names.Of),
        ["column"] = Found("BoardState", @"new\(Column\.\w+, ""\w+"", ""(.+?)""\)"),
        ["day"] = OpeningHours.Weekdays,
        ["weekday"] = OpeningHours.Weekdays,
        ["field"] = Found("LoggedFields", LoggedField).Concat(Found("LogAction", LoggedField))
            .Concat(Found("LogAction", @"changes, new\(""([a-z_]+)""\)"))
            .Concat(Enum.GetValues<EmailKind>().SelectMany(kind => new[] { $"{Names.Of(kind)}_subject", $"{Names.Of(kind)}_text" }))
            .Select(field => field == "store_ids" ? "works in" : field.Replace('_', ' ')),
    };

    private const string LoggedField = @"\(""([a-z_]+)""(?:, \w+ => |, null, |, before, )|new FieldChange\(""([a-z_]+)""\)";

    private static IEnumerable<string> Words => WordsByMeaning
        .Where(words => SaidTexts.ComputedMeanings.Contains(words.Key))
        .SelectMany(words => words.Value.Select(word => $"{words.Key}|{word}")).Distinct();

    /// <summary>What a pattern catches in the files that have a word.</summary>
    private static IEnumerable<string> Found(string word, string pattern) => Source.FilesWith(word)
        .SelectMany(file => Regex.Matches(Source.Files[file], pattern))
        .Select(found => found.Groups.Values.Skip(1).First(group => group.Success).Value);

    /// <summary>What rules put into the places of their sentences, other than names and numbers.</summary>
    private static IEnumerable<string> Parts => new[] { 0, 1, 2, 60, 120, 3600, 7200, 86_400, 172_800 }
        .Select(seconds => Quantity.Ago(TimeSpan.FromSeconds(seconds)))
        .Concat(new[] { 1, 2 }.SelectMany(count => new[] { Quantity.Of(count, "second"), Quantity.Of(count, "cell") }))
        .Select(part => part.Replace("2", "{0}"))
        .Concat(Lifecycle.Stages.Select(stage => stage.Is))
        .Concat(Enum.GetValues<FulfilmentType>().Select(Names.Of))
        .Append(MerchantLog.CommandLine)
        .Select(part => $"part|{part}").Distinct();

    /// <summary>Sentences that the source puts together from pieces.</summary>
    private static IEnumerable<string> Composed => Lifecycle.Stages
        .Where(stage => stage.From.Count > 0)
        .SelectMany(stage => new[] { $"You already {stage.Did} {{0}}.", $"{{0}} already {stage.Did} {{1}}." })
        .Concat(
        [
            "You put this order to “{0}” {1}.",
            "You already corrected the tracking of this order {0}.",
            "You promised this order for another time {0}.",
            "{0} changed this {1}. Look at it as it is now, then save again.",
            "{0} changed this {1} ({2}). Look at it as it is now, then save again.",
        ]).Distinct();

    [GeneratedRegex(@"\{\w+\}")]
    private static partial Regex Place();

    /// <summary>"Min.", "So.", "MM.": its point is not that of a sentence.</summary>
    [GeneratedRegex(@"(^|\W)\w{2,3}\.$")]
    private static partial Regex Shortened();

    [GeneratedRegex("[.,:;!?…]+$")]
    private static partial Regex End();
}
