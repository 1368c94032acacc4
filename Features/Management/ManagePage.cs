using Microsoft.AspNetCore.Components;
using StoreFlow.Features.Dashboard;
using StoreFlow.Features.Languages;
using StoreFlow.Features.Merchants;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Management;

/// <summary>What the pages of managing share: who may see them, and how a change is sent and told.</summary>
public abstract class ManagePage : StaffComponent
{
    [Inject] protected Staff Staff { get; set; } = null!;
    [Inject] protected Database Database { get; set; } = null!;
    [Inject] protected TimeProvider Clock { get; set; } = null!;

    [CascadingParameter] protected StaffLayout Layout { get; set; } = null!;

    [Parameter] public long StoreId { get; set; }

    /// <summary>Whether only an owner sees the page.</summary>
    protected virtual bool IsForOwner => false;

    /// <summary>Who it is; null until that is known, or where they may not see the page.</summary>
    protected internal Actor? Actor { get; private set; }

    /// <summary>The store of the address; null as long as <see cref="Actor"/> is.</summary>
    private protected Store? CurrentStore { get; private set; }

    /// <summary>Whether nobody has said yet when the store is open.</summary>
    protected internal bool IsOpenAlwaysByDefault => CurrentStore is { OpeningHours: null, Version: 1 };

    /// <summary>The store's time zone, in which the page tells its times.</summary>
    protected internal TimeZoneInfo Zone { get; private set; } = TimeZoneInfo.Utc;

    private string? _problem;

    /// <summary>Why there is nothing to see, in the page's language.</summary>
    protected internal string Problem => _problem ?? Texts["One moment…"];

    /// <summary>What came of the last change, in the page's language.</summary>
    protected internal string Message { get; set; } = "";

    /// <summary>Whether a change is on its way.</summary>
    protected bool IsBusy { get; private set; }

    protected override async Task OnParametersSetAsync()
    {
        if (await Staff.NowAsync() is not { } actor)
        {
            Layout.SignInAgain();
            return;
        }
        Actor = null;
        CurrentStore = Database.Read(db => Store.Find(db, StoreId, actor.UserId));
        if (!actor.Manages)
            _problem = actor.DeviceId is null ? Texts["This is for managers and the owner"]
                : Texts["Sign in with your password on a device of your own for that"];
        else if (IsForOwner && actor.Role is not Role.Owner)
            _problem = Texts["This is for the owner"];
        else if (CurrentStore is null)
            _problem = Texts["There is no such store, or you do not work there"];
        else
        {
            Actor = actor;
            Zone = Database.Read(db => StoreSchedule.Of(db, StoreId, Clock.LocalTimeZone)).Zone;
            Load(actor);
        }
    }

    /// <summary>Reads what the page shows.</summary>
    protected abstract void Load(Actor actor);

    /// <summary>Sends a change, and reads the page anew.</summary>
    /// <param name="act">Makes the change; what it answers is told, in the page's language.</param>
    protected async Task ActAsync(Func<Actor, Task<string>> act)
    {
        if (IsBusy)
            return;
        if (await Staff.NowAsync() is not { Manages: true } actor)
        {
            Layout.SignInAgain();
            return;
        }
        IsBusy = true;
        try
        {
            Message = await act(actor);
        }
        catch (BusyException busy)
        {
            Message = Texts.Sentence(busy.Sentence);
        }
        finally
        {
            IsBusy = false;
        }
        Load(actor);
    }
}
