using StoreFlow.Features.Orders;

namespace StoreFlow.Tests.Features.Orders;

/// <summary>The customer's only key: it cannot be guessed, and it is easy to read out.</summary>
public sealed class PublicIdTests
{
    [Fact]
    public void Is_26_characters_of_Crockfords_alphabet_and_never_the_same_twice()
    {
        var ids = Enumerable.Range(0, 5000).Select(_ => PublicId.New()).ToList();
        Assert.All(ids, id => Assert.Matches(@"\A[0-9A-HJKMNP-TV-Z]{26}\z", id));
        Assert.Equal(ids.Count, ids.Distinct().Count());
        // 128 bits in 26 characters: each position takes all its values, except the last, which carries only three bits.
        for (var place = 0; place < 26; place++)
            Assert.Equal(place < 25 ? 32 : 8, ids.Select(id => id[place]).Distinct().Count());
    }

    [Theory]
    [InlineData("0123456789ABCDEFGHJKMNPQRS", "0123456789ABCDEFGHJKMNPQRS")]
    [InlineData("abcd-1234", "ABCD1234")]
    [InlineData(" ab cd-12 34 ", "ABCD1234")]
    [InlineData("OoIiLl", "001111")]
    [InlineData("", null)]
    [InlineData("--", null)]
    [InlineData("ABCU", null)]
    [InlineData("ABC%", null)]
    [InlineData("ÄBCD", null)]
    [InlineData("0123456789ABCDEFGHJKMNPQRS0", null)]
    public void Is_understood_as_people_type_it(string typed, string? meant) => Assert.Equal(meant, PublicId.Normalise(typed));

    [Fact]
    public void Its_reference_is_its_first_eight_characters() =>
        Assert.Equal("ABCD-1234", PublicId.Reference("ABCD1234KMNPQRSTVWXYZ01234"));
}
