"use strict";
// Follows what is being done, and goes to its result.
(() => {
  const $ = (id) => document.getElementById(id);
  const events = new EventSource("/working/events");
  events.addEventListener("message", (event) => {
    const state = JSON.parse(event.data);
    if (state.to || state.error) {
      events.close();
      location.replace(state.to || "/working");
      return;
    }
    if ($("stage").textContent !== state.stage) $("spoken").textContent = state.stage;
    $("stage").textContent = state.stage;
    $("share").value = state.share;
  });
})();
