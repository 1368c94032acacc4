using Microsoft.Extensions.Configuration;
using StoreFlow.Infrastructure;

namespace StoreFlow.Tests.Features.Emails;

/// <summary>Settings of the mail server that cannot work are refused at the start, and no sentence has the password in it.</summary>
public sealed class SmtpSettingsTests
{
    [Theory]
    [InlineData("Host is missing", "User=shop", "Password=hush-4711-hush")]
    [InlineData("Host is missing", "Port=25")]
    [InlineData("From is missing", "Host=mail.example")]
    [InlineData("From must be an e-mail address", "Host=mail.example", "From=shop")]
    [InlineData("From must be an e-mail address", "From=a@b.example\r\nBcc: c@d.example")]
    [InlineData("belong together", "Host=mail.example", "From=a@b.example", "Password=hush-4711-hush")]
    [InlineData("belong together", "Host=mail.example", "From=a@b.example", "User=shop")]
    [InlineData(
        "Tls must be starttls, tls or none", "Host=mail.example", "From=a@b.example", "Tls=ssl", "User=u", "Password=hush-4711-hush")]
    [InlineData("Tls cannot be none for mail.example", "Host=mail.example", "From=a@b.example", "Tls=none")]
    [InlineData("Port must be a whole number", "Host=mail.example", "From=a@b.example", "Port=0")]
    [InlineData("CaFile cannot be read", "Host=mail.example", "From=a@b.example", "CaFile=/no/such/file.pem")]
    [InlineData("has no setting StoreFlow:Smtp:Hots", "Hots=mail.example")]
    public void What_cannot_work_is_refused(string sentence, params string[] settings)
    {
        var refused = Assert.Throws<UnusableException>(() => Read(settings));
        Assert.Contains(sentence, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hush-4711-hush", refused.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(587, "Host=mail.example", "From=a@b.example")]
    [InlineData(465, "Host=mail.example", "From=a@b.example", "Tls=tls", "User=u", "Password=p")]
    [InlineData(25, "Host=127.0.0.1", "From=a@b.example", "Tls=none")]
    [InlineData(2525, "Host=::1", "From=a@b.example", "Tls=none", "Port=2525")]
    public void The_usual_port_is_taken_where_none_is_set(int port, params string[] settings) =>
        Assert.Equal(port, Read(settings).Smtp.UsedPort);

    [Theory]
    [InlineData("orders.example")]
    [InlineData("ftp://orders.example")]
    [InlineData("https://me:secret@orders.example")]
    [InlineData("https://orders.example/?a=b")]
    public void An_address_that_no_link_can_begin_with_is_refused(string address) => Assert.Contains(
        "PublicUrl must be a web address",
        Assert.Throws<UnusableException>(() => Settings.Of(new ConfigurationBuilder()
            .AddInMemoryCollection([new("StoreFlow:PublicUrl", address)]).Build())).Message,
        StringComparison.Ordinal);

    private static Settings Read(string[] settings) => Settings.Of(new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(
            $"StoreFlow:Smtp:{setting.Split('=', 2)[0]}", (string?)setting.Split('=', 2)[1])))
        .Build());
}
