using System.CommandLine;
using System.Data.Common;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.VerifyOrders;

/// <summary><c>verify</c>: checks that the orders are what their audit log says. Only reads, also while a server runs.</summary>
internal static class VerifyCommand
{
    public static Command Make(Func<CommandDatabase> find)
    {
        var command = new Command(
            "verify",
            "Replay the audit log against the orders and check the file; changes nothing, and exits 1 where something differs.");
        command.SetAction(_ => Run(find));
        return command;
    }

    private static int Run(Func<CommandDatabase> find)
    {
        try
        {
            var database = find();
            var report = database.Read(Verification.Run);
            foreach (var difference in report.Shown)
                Console.WriteLine(difference);
            if (report.Count > report.Shown.Count)
                Console.WriteLine($"... and {report.Count - report.Shown.Count:N0} more.");
            Console.WriteLine(report.Count == 0
                ? $"{database.Name} is sound: {report.Orders:N0} orders are what their {report.AuditRows:N0} audit rows say, " +
                    "sequences have no gaps, and integrity, foreign keys, schema and search index are good."
                : $"{database.Name} is not sound: {report.Count:N0} differences in {report.Orders:N0} orders " +
                    $"and {report.AuditRows:N0} audit rows.");
            return report.Count == 0 ? 0 : 1;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or DbException)
        {
            Console.Error.WriteLine($"The database cannot be checked. {fault.Message}");
            return 1;
        }
    }
}
