// A link, token or secret that is shown only once: marked whole when touched, copied by the button beside it.
"use strict";
{
  addEventListener("focusin", event => {
    if (event.target.matches?.("[data-copy]"))
      event.target.select();
  });

  // navigator.clipboard is there on https and localhost only; a shop's own network often has plain http.
  const copy = async field => {
    if (navigator.clipboard)
      return navigator.clipboard.writeText(field.value);
    field.select();
    if (!document.execCommand("copy"))
      throw new Error("The browser does not copy.");
  };

  addEventListener("click", async event => {
    const button = event.target.closest?.("[data-copies]");
    if (!button)
      return;
    const field = document.getElementById(button.dataset.copies);
    try {
      await copy(field);
      button.textContent = say("Copied");
    } catch {
      field.select();
      button.textContent = say("Copy it by hand");
    }
  });
}
