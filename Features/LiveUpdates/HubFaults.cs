using Microsoft.AspNetCore.SignalR;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.LiveUpdates;

/// <summary>
/// What goes wrong in a call of the hub: a refusal is the caller's business, a busy database passes, and anything else is
/// a fault that is logged. SignalR itself logs all three as errors, so that any stranger could fill the log.
/// </summary>
internal sealed class HubFaults(ILogger<HubFaults> log) : IHubFilter
{
    public static void LogInsteadOfSignalR(ILoggingBuilder logging) =>
        logging.AddFilter("Microsoft.AspNetCore.SignalR.Internal.DefaultHubDispatcher", LogLevel.None);

    public async ValueTask<object?> InvokeMethodAsync(HubInvocationContext call, Func<HubInvocationContext, ValueTask<object?>> next)
    {
        try
        {
            return await next(call);
        }
        catch (Exception fault) when (BusyException.Or(fault) is BusyException)
        {
            throw new HubException($"{Names.Of(Reason.Busy)}: {RefusalAnswers.OfStatus(StatusCodes.Status503ServiceUnavailable).Detail}");
        }
        catch (Exception fault) when (fault is not HubException)
        {
            log.LogError(fault, "{Method} failed", call.HubMethodName);
            throw;
        }
    }
}
