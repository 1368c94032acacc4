// The lock of a shared tablet: keys as large as a thumb, so that no keyboard covers the page.
"use strict";
{
  const form = document.querySelector("[data-pin]");
  if (form) {
    const field = form.elements.pin;
    const keys = form.querySelector(".keys");
    keys.hidden = false;
    if (matchMedia("(pointer: coarse)").matches)
      field.inputMode = "none"; // the keys below are there
    keys.addEventListener("click", event => {
      const key = event.target.closest("[data-key]")?.dataset.key;
      if (key === undefined)
        return;
      field.value = key === "" ? field.value.slice(0, -1) : (field.value + key).slice(0, 6);
    });
    let sent = false;
    form.addEventListener("submit", event => {
      if (sent)
        event.preventDefault(); // a second tap is not a second try
      sent = true;
    });
    addEventListener("pageshow", () => sent = false);
  }
}
