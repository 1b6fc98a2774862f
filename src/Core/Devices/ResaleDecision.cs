namespace B2D.Core.Devices;

/// <summary>What becomes of something of a device that has another owner now.</summary>
public enum ResaleFate : byte
{
    /// <summary>It was the old owner's, and stays what it was.</summary>
    Stays = 1,

    /// <summary>It ends.</summary>
    Ends = 2,

    /// <summary>It is the new owner's from now on.</summary>
    GoesOver = 3,

    /// <summary>It is the new owner's, who has heard nothing of it yet.</summary>
    BeginsAnew = 4,
}

/// <summary>What becomes of what is open of a device when its owner changes: the device is as broken as before, and the old owner has no part in it any more.</summary>
public static class ResaleDecision
{
    /// <summary>Of a notice to the old owner about the device, by its state: what waits ends; what is on its way may have arrived.</summary>
    public static ResaleFate OfNotice(string state) => state is "Due" or "Held" or "Retrying" or "Calling" ? ResaleFate.Ends : ResaleFate.Stays;

    /// <summary>Of a fault.</summary>
    public static ResaleFate OfFault(bool isOpen) => isOpen ? ResaleFate.BeginsAnew : ResaleFate.Stays;

    /// <summary>Of a case, by its state: what was promised to the old owner is owed to nobody.</summary>
    public static ResaleFate OfCase(string state) => state is "New" or "Working" or "Waiting" ? ResaleFate.GoesOver : ResaleFate.Stays;

    /// <summary>Of a due, by its state: what the old owner booked, ordered or declined says nothing of the new one.</summary>
    public static ResaleFate OfDue(string state) => state switch
    {
        "Done" => ResaleFate.Stays,
        "Told" or "Booked" or "Ordered" or "Declined" => ResaleFate.BeginsAnew,
        _ => ResaleFate.GoesOver,
    };
}
