// A shared tablet that nobody touches locks itself. The server does so, too; this one asks the colleague after it for a PIN at once.
"use strict";
{
  const betweenTouches = 15_000; // milliseconds
  let touched = Date.now();
  let told = Date.now();
  let locking = false;

  const form = () => document.querySelector("[data-tablet]");

  for (const event of ["pointerdown", "keydown", "wheel"])
    addEventListener(event, () => {
      touched = Date.now();
      if (form() && touched - told > betweenTouches) {
        told = touched;
        fetch("/tablet/touch", { method: "POST" }).catch(() => { }); // the next touch tries again
      }
    }, { capture: true, passive: true });

  setInterval(() => {
    const tablet = form();
    if (!tablet || locking || Date.now() - touched <= Number(tablet.dataset.tablet) * 60_000)
      return;
    locking = true; // once: another submit would stop the one that is on its way
    document.getElementById("content")?.setAttribute("hidden", "");
    tablet.requestSubmit();
  }, 1000);
}
