// The first set-up: the browser knows the time zone of the person better than the server does.
"use strict";
{
  const field = document.querySelector("[data-setup] [name=time_zone]");
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (field && here && !document.querySelector("[role=alert]")) field.value = here;
}
