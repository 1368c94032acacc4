using Microsoft.AspNetCore.Components;

namespace StoreFlow.Features.Languages;

/// <summary>A part of the staff pages: it speaks the language of the person at the screen.</summary>
public abstract class StaffComponent : ComponentBase
{
    /// <summary>Where there is a circuit, <c>StaffRouter.razor</c> gives it along.</summary>
    [CascadingParameter] public StaffTexts? OfCircuit { get; set; }

    /// <summary>Where there is none, the request decides; English where there is no request either.</summary>
    [CascadingParameter] public HttpContext? Http { get; set; }

    private StaffTexts? _ofRequest;

    /// <summary>The texts in that language.</summary>
    protected internal StaffTexts Texts =>
        OfCircuit ?? (_ofRequest ??= Http is null ? StaffTexts.English : StaffLanguage.For(Http));
}
