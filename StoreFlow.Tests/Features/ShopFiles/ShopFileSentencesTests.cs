using System.Diagnostics;

namespace StoreFlow.Tests.Features.ShopFiles;

/// <summary>The message for a shop file of the wrong form: the line, the field and what is wrong, without C# terms.</summary>
public sealed class ShopFileSentencesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("storeflow-").FullName;

    [Theory]
    [InlineData("\"role\": \"staff\"", "\"role\": \"boss\"", "line 4: users[0].role: This has to be one of: owner, manager, staff.")]
    [InlineData("\"role\": \"staff\"", "\"rule\": \"staff\"", "line 4: users[0].rule: There is no such field.")]
    [InlineData("\"role\": \"staff\"", "\"role\": \"staff\", \"role\": \"owner\"", "line 4: users[0].role: This field is given twice.")]
    [InlineData("\"name\": \"Ben\"", "\"name\": 7", "line 4: users[0].name: This has to be text.")]
    [InlineData("\"role\": \"staff\"", "\"role\": \"staff\", \"active\": \"no\"", "line 4: users[0].active: This has to be true or false.")]
    [InlineData(
        "\"role\": \"staff\"", "\"role\": \"staff\", \"stores\": \"main\"",
        "line 4: users[0].stores: This value is not of the kind expected here.")]
    [InlineData(
        "\"users\"",
        "\"stores\": [{ \"code\": \"a\", \"name\": \"A\", \"currency\": \"EUR\", " +
        "\"products\": [{ \"sku\": \"1\", \"name\": \"B\", \"price\": 1.5 }] }], \"users\"",
        "line 3: stores[0].products[0].price: This has to be a whole number.")]
    [InlineData("\"users\"", "\"shops\": [{ \"code\": \"a\" }], \"users\"", "line 3: shops: There is no such field.")]
    public async Task A_file_of_the_wrong_form_is_explained(string right, string wrong, string sentence)
    {
        const string shop = """
            {
              "merchant": { "code": "green-grocer", "name": "Green Grocer" },
              "users": [
                { "email": "ben@green.example", "name": "Ben", "role": "staff" }
              ]
            }
            """;
        var file = Path.Combine(_folder, "shop.json");

        await File.WriteAllTextAsync(file, shop.Replace(right, wrong));
        Assert.Equal((1, $"shop.json was not imported, and nothing was changed.\n{sentence}\n"), await Import(file));

        // The database has never seen the unchanged file: the refused import left nothing behind.
        await File.WriteAllTextAsync(file, shop);
        Assert.Equal((0, ""), await Import(file));
    }

    private async Task<(int Exit, string Errors)> Import(string file)
    {
        using var command = Process.Start(new ProcessStartInfo("dotnet", [typeof(Program).Assembly.Location, "import", file])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["StoreFlow__DataDirectory"] = _folder },
        })!;
        var (output, errors) = (command.StandardOutput.ReadToEndAsync(), command.StandardError.ReadToEndAsync());
        await command.WaitForExitAsync();
        await output;
        return (command.ExitCode, (await errors).ReplaceLineEndings("\n"));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
