"use strict";
// Shows a practice aloud as it goes on; its buttons stay on the page.
(() => {
  const parts = ["#exchange", ".card-top"];
  const form = document.querySelector("form.answer");
  const renew = async () => {
    const answer = await fetch("/practise/card");
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!page.querySelector("form.answer")) location.reload();
    for (const part of parts) {
      const now = document.querySelector(part), next = page.querySelector(part);
      if (next && now.innerHTML !== next.innerHTML) now.replaceChildren(...next.childNodes);
    }
  };
  const events = new EventSource("/practise/events");
  events.addEventListener("message", renew);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const sent = new URLSearchParams(new FormData(form, event.submitter));
    fetch("/practise/card", {method: "POST", body: sent, redirect: "manual"});
  });
})();
