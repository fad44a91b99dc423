// Brings a part of a page up to date while something goes on: `data-live="/address" data-every="5"` (seconds).
// Without script the page has a link that does the same. An answer without the part ends the asking.
"use strict";
for (const part of document.querySelectorAll("[data-live]")) {
  const every = Math.max(2, Number(part.dataset.every) || 5) * 1000;
  const look = async () => {
    if (document.hidden) return void setTimeout(look, every);
    try {
      const answer = await fetch(part.dataset.live, { credentials: "same-origin", redirect: "error" });
      // A service that starts anew is away for a while; any other answer that is no page ends the asking.
      if (answer.status >= 500) throw new Error(answer.statusText);
      if (!answer.ok) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(part.id);
      if (!fresh) return;
      // Nothing is taken away from under who reads or presses there; the next look finds them gone on.
      const held = part.contains(document.activeElement);
      if (fresh.innerHTML !== part.innerHTML && !held) part.innerHTML = fresh.innerHTML;
      if (!fresh.dataset.live && !held) return;
    } catch {
      // The line or the service is down: the next look may reach us.
    }
    setTimeout(look, every);
  };
  setTimeout(look, every);
}
