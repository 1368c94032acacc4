using Microsoft.AspNetCore.Components;


namespace StoreFlow.Features.Dashboard;

/// <summary>A tap on a step's button, as board.js reads it from the button.</summary>
public sealed class StepEventArgs : EventArgs
{
    public long Order { get; set; }

    /// <summary>The version that the person saw.</summary>
    public long Version { get; set; }

    public string? To { get; set; }

    /// <summary>Promises an accepted order for so many minutes from now; null leaves its promise.</summary>
    public long? Minutes { get; set; }

    /// <summary>Why the order is cancelled, or handed over without a code; null for other steps.</summary>
    public string? Reason { get; set; }

    /// <summary>The person has followed a link meanwhile: the page must not lead them elsewhere.</summary>
    public bool IsLeft { get; set; }

    /// <summary>Where a ready order lies.</summary>
    public string? Shelf { get; set; }

    /// <summary>The code that the customer showed.</summary>
    public string? Code { get; set; }

    /// <summary>The tracking code that was scanned or typed on the board.</summary>
    public string? TrackingCode { get; set; }

    /// <summary>More about the reason, for the staff only.</summary>
    public string? Note { get; set; }
}

/// <summary>Something was typed into the search box, by hand or by a scanner.</summary>
public sealed class FindEventArgs : EventArgs
{
    /// <summary>What stands in the box.</summary>
    public string? Text { get; set; }

    /// <summary>Enter was pressed.</summary>
    public bool IsEnter { get; set; }
}

[EventHandler("onfind", typeof(FindEventArgs))]
[EventHandler("onstep", typeof(StepEventArgs))]
public static class EventHandlers;
