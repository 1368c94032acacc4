using System.CommandLine;
using Microsoft.Data.Sqlite;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.VerifyOrders;

/// <summary><c>verify</c>: checks that the orders are what their audit log says. Only reads, also while a server runs.</summary>
internal static class VerifyCommand
{
    public static Command Make(Func<string> find)
    {
        var command = new Command(
            "verify",
            "Replay the audit log against the orders and check the file; changes nothing, and exits 1 where something differs.");
        command.SetAction(_ => Run(find));
        return command;
    }

    private static int Run(Func<string> find)
    {
        try
        {
            var file = find();
            if (!File.Exists(file))
                throw new FileNotFoundException($"There is no database at {file}.");
            var report = DatabaseFile.Read(file, Verification.Run);
            foreach (var difference in report.Shown)
                Console.WriteLine(difference);
            if (report.Count > report.Shown.Count)
                Console.WriteLine($"... and {report.Count - report.Shown.Count:N0} more.");
            Console.WriteLine(report.Count == 0
                ? $"{file} is sound: {report.Orders:N0} orders are what their {report.AuditRows:N0} audit rows say, " +
                    "sequences have no gaps, and integrity, foreign keys, schema and search index are good."
                : $"{file} is not sound: {report.Count:N0} differences in {report.Orders:N0} orders and {report.AuditRows:N0} audit rows.");
            return report.Count == 0 ? 0 : 1;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or SqliteException)
        {
            Console.Error.WriteLine($"The database cannot be checked. {fault.Message}");
            return 1;
        }
    }
}
