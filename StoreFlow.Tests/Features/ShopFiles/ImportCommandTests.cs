using Dapper;
using StoreFlow.Infrastructure;

namespace StoreFlow.Tests.Features.ShopFiles;

/// <summary><c>import shop.json</c> as a process: it imports all or nothing, and a second run changes nothing.</summary>
[Trait("Engine", "Sqlite")]
public sealed class ImportCommandTests(ImportedShop imported) : IClassFixture<ImportedShop>, IDisposable
{
    private readonly TestFolder _folder = new();

    [Fact]
    public async Task Makes_a_merchant_then_changes_nothing_then_only_what_changed()
    {
        var (exit, said, _) = await Import(ShopFileTexts.Good);
        Assert.Equal(0, exit);
        Assert.Contains("Bike Shop is imported", said, StringComparison.Ordinal);
        Assert.Equal(["boss@bike.example|owner|", "kim@bike.example|staff|main"], Rows("""
            SELECT u.email, u.role, s.code FROM users u
              LEFT JOIN store_assignments a ON a.user_id = u.id
              LEFT JOIN stores s ON s.id = a.store_id
             ORDER BY 1
            """));
        Assert.Equal(["BELL|Bell|1200|1", "TUBE|Tube|800|1"], Products());
        Assert.Equal(
            ["parcel|Parcel|590|https://p.example/{code}"],
            Rows("SELECT code, name, price, tracking_url_template FROM shipping_methods"));
        var everything = Everything();

        (exit, said, _) = await Import(ShopFileTexts.Good);
        Assert.Equal((0, "Bike Shop is up to date: nothing was changed."), (exit, said.Trim()));
        Assert.Equal(everything, Everything());

        // What is left out of the file stays; what is in it is matched by its SKU.
        const string bell = """{ "sku": "BELL", "name": "Bell", "price": 1200 },""";
        const string padlock = """{ "sku": "LOCK", "name": "Lock", "price": 3000, "on_sale": false },""";
        (exit, said, _) = await Import(ShopFileTexts.With(bell, padlock)
            .Replace("\"price\": 800", "\"price\": 850", StringComparison.Ordinal));
        Assert.Equal(0, exit);
        Assert.Contains("2 things made or changed", said, StringComparison.Ordinal);
        Assert.Equal(["BELL|Bell|1200|1", "TUBE|Tube|850|1", "LOCK|Lock|3000|0"], Products());
    }

    public static TheoryData<string, string, int, string> Bad => new()
    {
        { "\"price\": 1200 },", "\"price\": 1200 }", 10, "" },
        { "\"price\": 800 }", "\"prize\": 800 }", 10, "prize" },
        { "\"price\": 800", "\"price\": \"800\"", 10, "" },
        { "\"price\": 800", "\"price\": 8.5", 10, "" },
        { "\"price\": 800", "\"price\": -1", 10, "stores[0].products[1].price" },
        { "\"price\": 590", "\"price\": 99999999999", 13, "stores[0].shipping_methods[0].price" },
        { "\"sku\": \"TUBE\"", "\"sku\": \"BELL\"", 10, "twice" },
        { "[\"main\"]", "[\"moon\"]", 19, "no store “moon”" },
        { "https://p.example/{code}", "https://p.example/", 13, "{code}" },
        { "https://p.example/{code}", "javascript:{code}", 13, "web address" },
        { "kim@bike.example", "BOSS@bike.example", 19, "twice" },
        { "kim@bike.example", "kim", 19, "e-mail" },
        { "\"staff\"", "\"king\"", 19, "" },
        { "\"owner\"", "\"owner\", \"active\": false", 17, "needs an owner" },
        { "\"USD\"", "\"Dollar\"", 7, "ISO 4217" },
        { "\"USD\"", "\"YEN\"", 7, "ISO 4217" },
        { "\"USD\"", "\"ABC\"", 7, "ISO 4217" },
        { "\"USD\"", "\"QQQ\"", 7, "ISO 4217" },
        { "\"USD\"", "\"XAU\"", 7, "ISO 4217" }, // gold: has a code, and nobody pays a baker with it
        { "\"code\": \"bike-shop\", ", "", 2, "merchant.code" },
        { "\"name\": \"Bell\"", "\"name\": \"Bell\", \"name\": \"Ball\"", 9, "" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task A_bad_file_changes_nothing_and_names_the_line(string good, string bad, int line, string word)
    {
        imported.In(_folder);
        var everything = Everything();

        // The file also has a valid change, which must not be imported.
        var (exit, said, error) = await Import(ShopFileTexts.With(good, bad).Replace("Bike Shop Main", "New Name",
            StringComparison.Ordinal));

        Assert.Equal((1, ""), (exit, said));
        Assert.Contains("nothing was changed", error, StringComparison.Ordinal);
        Assert.Contains($"line {line}: ", error, StringComparison.Ordinal);
        Assert.Contains(word, error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
        Assert.Equal(everything, Everything());
    }

    [Fact]
    public async Task Another_merchants_user_is_not_taken_over()
    {
        imported.In(_folder);
        var everything = Everything();
        var (exit, _, error) = await Import(ShopFileTexts.With("bike-shop", "car-shop")
            .Replace("boss@bike.example", "boss@car.example", StringComparison.Ordinal));
        Assert.Equal(1, exit);
        Assert.Contains(
            "line 19: users[1].email: This e-mail address belongs to another merchant's user.", error, StringComparison.Ordinal);
        Assert.Equal(everything, Everything());
    }

    [Fact]
    public async Task A_wrong_price_is_told_in_minor_units_since_not_every_currency_has_cents()
    {
        var (exit, _, error) = await Import(ShopFileTexts.With("\"USD\"", "\"JPY\"")
            .Replace("\"price\": 800", "\"price\": -1", StringComparison.Ordinal));
        Assert.Equal(1, exit);
        Assert.Contains(
            "line 10: stores[0].products[1].price: This has to be a whole number from 0 to 1000000000, in minor units of the currency.",
            error,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("XYZ")] // never was one
    [InlineData("XAU")] // gold
    [InlineData("XTS")] // for tests
    [InlineData("CHE")] // of a fund
    [InlineData("HRK")] // withdrawn
    [InlineData("usd")]
    [InlineData("")]
    public async Task A_currency_that_nobody_pays_in_is_refused(string code)
    {
        var (exit, _, error) = await Import(ShopFileTexts.With("\"USD\"", $"\"{code}\""));
        Assert.Equal(1, exit);
        Assert.Contains(
            "stores[0].currency: This has to be the ISO 4217 code of a currency that people pay in", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_currency_stays_once_its_store_has_orders()
    {
        imported.In(_folder);
        Assert.Equal(0, (await Import(ShopFileTexts.With("\"USD\"", "\"JPY\""))).Exit); // nobody has ordered yet
        await using (var server = StoreFlowProcess.Serve(_folder.Path, "Production"))
            Assert.Equal(201, (await (await server.As(null)).Post("/checkout", Scenarios.CheckoutBody())).Status);
        var everything = Everything();

        var (exit, said, error) = await Import(ShopFileTexts.With("\"USD\"", "\"EUR\"")
            .Replace("Bike Shop Main", "New Name", StringComparison.Ordinal));

        Assert.Equal((1, ""), (exit, said));
        Assert.Contains(
            "line 7: stores[0].currency: This store has orders in JPY, so its currency cannot change.", error, StringComparison.Ordinal);
        Assert.Equal(everything, Everything());
        Assert.Equal(0, (await Import(ShopFileTexts.With("\"USD\"", "\"JPY\"")
            .Replace("Bike Shop Main", "New Name", StringComparison.Ordinal))).Exit);
    }

    [Fact]
    public async Task Says_where_each_store_has_its_shop_and_its_board()
    {
        var (_, said, _) = await Import(ShopFileTexts.Good);
        Assert.Contains("Store 1, Bike Shop Main: customers order at /shop/1, staff work at /dashboard/1", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_takes_orders_while_many_passwords_are_imported()
    {
        imported.In(_folder);
        await using var server = StoreFlowProcess.Serve(
            _folder.Path, "Production", start => start.Environment["StoreFlow__CheckoutsPerMinute"] = "100000");
        var customer = await server.As(null);
        var people = string.Concat(Enumerable.Range(0, 120).Select(i =>
            $$"""{ "email": "p{{i}}@bike.example", "name": "P{{i}}", "role": "owner", "password": "a password of {{i}}" },"""));

        // Longer than the five seconds that a write waits for the write of another program.
        var import = Import(ShopFileTexts.With("""{ "email": "boss@bike.example",""", $$"""{{people}} { "email": "boss@bike.example","""));
        while (!import.IsCompleted)
            Assert.Equal(201, (await customer.Post("/checkout", Scenarios.CheckoutBody())).Status);

        Assert.Equal(0, (await import).Exit);
        Assert.Equal(120, Rows("SELECT password_hash FROM users WHERE password_hash IS NOT NULL").Distinct().Count());
    }

    [Fact]
    public async Task A_password_is_hashed_anew_only_where_it_changed()
    {
        const string kim = "\"name\": \"Kim\", ", boss = "\"name\": \"Bo\", ";
        string With(string ofKim) => ShopFileTexts.With(kim, $"{kim}\"password\": \"{ofKim}\", ")
            .Replace(boss, $"{boss}\"password\": \"long enough\", ", StringComparison.Ordinal);
        await Import(With("first of Kim"));
        var (before, everything) = (Rows("SELECT password_hash FROM users ORDER BY id"), Everything());
        Assert.Contains("nothing was changed", (await Import(With("first of Kim"))).Out, StringComparison.Ordinal);
        Assert.Equal(everything, Everything());

        Assert.Contains("keeps another password", (await Import(With("second of Kim"))).Out, StringComparison.Ordinal);
        Assert.Equal(before, Rows("SELECT password_hash FROM users ORDER BY id")); // an old file brings no old password back
        Assert.Contains("1 thing made", (await Import(With("second of Kim"), "--set-passwords")).Out, StringComparison.Ordinal);

        var after = Rows("SELECT password_hash FROM users ORDER BY id");
        Assert.Equal(before[0], after[0]);
        Assert.NotEqual(before[1], after[1]);
    }

    [Fact]
    public async Task Each_change_is_told_a_dry_run_changes_nothing_and_what_a_file_leaves_out_stays()
    {
        imported.In(_folder);
        using (var db = SqliteDatabase.Open(_folder.Database))
            db.Execute("UPDATE products SET on_sale = 0 WHERE sku = 'TUBE'; UPDATE users SET active = 0 WHERE name = 'Kim'");
        var everything = Everything();
        var other = ShopFileTexts.With("\"price\": 800", "\"price\": 850").Replace(", \"stores\": [\"main\"]", "",
            StringComparison.Ordinal);

        var (exit, said, _) = await Import(other, "--dry-run");
        Assert.Equal(0, exit);
        Assert.Contains("Bike Shop Main, product TUBE Tube: price 800 → 850", said, StringComparison.Ordinal);
        Assert.Contains("1 thing would be made or changed", said, StringComparison.Ordinal);
        Assert.Equal(everything, Everything());

        Assert.Contains("product TUBE Tube: price 800 → 850", (await Import(other)).Out, StringComparison.Ordinal);
        Assert.Equal(["BELL|Bell|1200|1", "TUBE|Tube|850|0"], Products()); // a new price does not put it back on sale
        Assert.Equal(["Kim|0|main"], Rows("""
            SELECT u.name, u.active, s.code FROM users u JOIN store_assignments a ON a.user_id = u.id JOIN stores s ON s.id = a.store_id
            """));
    }

    [Fact]
    public async Task What_export_writes_makes_the_same_shop_elsewhere_and_changes_nothing_here()
    {
        await Import(ShopFileTexts.With("\"name\": \"Bo\", ", "\"name\": \"Bo\", \"password\": \"a secret of Bo\", "));
        var (exit, file, _) = await StoreFlowProcess.Run(_folder.Path, "export");
        Assert.Equal(0, exit);
        Assert.DoesNotContain("password", file, StringComparison.Ordinal);
        Assert.Contains("nothing was changed", (await Import(file)).Out, StringComparison.Ordinal);

        using var elsewhere = new TestFolder();
        Assert.Equal(0, (await StoreFlowProcess.Run(elsewhere.Path, "import", elsewhere.Write("shop.json", file))).Exit);
        Assert.Equal(file, (await StoreFlowProcess.Run(elsewhere.Path, "export")).Out);
    }

    [Fact]
    public async Task A_file_as_Windows_editors_save_it_is_read()
    {
        var (exit, _, error) = await Import('\uFEFF' + ShopFileTexts.Good.ReplaceLineEndings("\r\n"));
        Assert.Equal((0, ""), (exit, error));
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_said_so()
    {
        var (exit, _, error) = await StoreFlowProcess.Run(_folder.Path, "import", Path.Combine(_folder.Path, "nowhere.json"));
        Assert.Equal(1, exit);
        Assert.Contains("nowhere.json was not imported", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_cannot_hold_a_database_is_said_in_a_sentence()
    {
        var notAFolder = _folder.Write("shop.json", ShopFileTexts.Good);
        foreach (var command in new string[][] { ["import", notAFolder], ["token", "list", "--user", "boss@bike.example"] })
        {
            var (exit, _, error) = await StoreFlowProcess.Run(notAFolder, command);
            Assert.Equal(1, exit);
            Assert.Contains("nothing was changed", error, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Help_tells_the_commands_and_a_wrong_one_is_an_error()
    {
        var (exit, said, _) = await StoreFlowProcess.Run(_folder.Path, "--help");
        Assert.Equal(0, exit);
        Assert.All(["import", "token"], command => Assert.Contains(command, said, StringComparison.Ordinal));
        Assert.NotEqual(0, (await StoreFlowProcess.Run(_folder.Path, "improt", "x")).Exit);
        Assert.False(File.Exists(_folder.Database));
    }

    private Task<(int Exit, string Out, string Error)> Import(string shop, params string[] options) =>
        StoreFlowProcess.Run(_folder.Path, ["import", _folder.Write("shop.json", shop), .. options]);

    private List<string> Products() => Rows("SELECT sku, name, price, on_sale FROM products ORDER BY id");

    private string Everything() => string.Join('\n',
        new[] { "merchants", "stores", "users", "store_assignments", "products", "shipping_methods" }
            .SelectMany(table => Rows($"SELECT * FROM {table}")));

    private List<string> Rows(string sql)
    {
        using var db = SqliteDatabase.Open(_folder.Database, readOnly: true);
        return [.. db.Query(sql).Select(row => string.Join('|', ((IDictionary<string, object?>)row).Values))];
    }

    public void Dispose() => _folder.Dispose();
}

/// <summary>The database that the import of the good file makes, for tests that begin after it.</summary>
public sealed class ImportedShop : IAsyncLifetime
{
    private byte[] _database = [];

    public async Task InitializeAsync()
    {
        using var folder = new TestFolder();
        var (exit, _, error) = await StoreFlowProcess.Run(folder.Path, "import", folder.Write("shop.json", ShopFileTexts.Good));
        Assert.Equal((0, ""), (exit, error));
        _database = await File.ReadAllBytesAsync(folder.Database);
    }

    internal void In(TestFolder folder) => File.WriteAllBytes(folder.Database, _database);

    public Task DisposeAsync() => Task.CompletedTask;
}
