"use strict";
// Hands a file over to the coach, and shows how far it is.
(() => {
  const $ = (id) => document.getElementById(id);
  const form = $("send"), told = $("told"), share = $("share");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const file = $("file").files[0], asked = new URLSearchParams();
    for (const [name, value] of new FormData(form)) asked.append(name, value.name ?? value);
    asked.append("modified", file.lastModified / 1000);
    const request = new XMLHttpRequest(), button = form.querySelector("button");
    request.open("POST", `${form.dataset.to}?${asked}`);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.setRequestHeader("X-Coach-Secret", form.dataset.secret);
    request.upload.addEventListener("progress", (at) => { share.value = at.loaded / at.total; });
    const over = (words) => {
      told.textContent = words;
      share.hidden = true;
      button.disabled = false;
    };
    request.addEventListener("load", () => {
      if (request.status === 204) { location.assign("/working"); return; }
      const page = new DOMParser().parseFromString(request.responseText, "text/html");
      over(page.querySelector("main p")?.textContent || "That did not work.");
    });
    request.addEventListener("error", () => over("The coach did not take the file. Is it still running, and is the file not too large?"));
    told.textContent = "";
    share.hidden = false;
    button.disabled = true;
    request.send(file);
  });
})();
