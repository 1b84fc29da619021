"use strict";
// Follows a talk: what is shown, and keys that stay on the page.
(() => {
  const $ = (id) => document.getElementById(id);
  const stage = $("stage"), keys = $("keys"), secret = keys.elements.secret.value;
  let offered = "", told = "";

  const press = (key) => fetch("/live/key", {
    method: "POST", headers: {Accept: "text/event-stream"}, body: new URLSearchParams({secret, key}),
  });
  const button = ([key, words]) => {
    const one = document.createElement("button");
    one.name = "key";
    one.value = key;
    if (key === stage.dataset.stop) one.className = "grave";
    one.append(words);
    if (words !== key) {
      const sign = document.createElement("kbd");
      sign.textContent = key;
      sign.setAttribute("aria-hidden", "true");
      one.append(" ", sign);
    }
    return one;
  };
  const put = (id, text) => {
    if ($(id).textContent !== text) $(id).textContent = text;
  };
  const show = (seen) => {
    put("step", seen.step);
    put("sign", seen.recording ? "recording" : "not recording");
    $("sign").classList.toggle("on", seen.recording);
    put("notice", seen.notice);
    put("floor", seen.floor || seen.wanted || seen.step || "Listen");
    put("has", seen.floor ? "has the floor" : "");
    put("time", seen.time);
    $("left").hidden = !seen.time;
    $("left").value = seen.share;
    put("said", seen.cue || seen.text);
    $("level").value = seen.level;
    if (told !== seen.floor) {
      told = seen.floor;
      put("spoken", told ? `${told} has the floor` : "");
    }
    const now = JSON.stringify(seen.keys);
    if (now !== offered) {
      const held = keys.contains(document.activeElement) ? document.activeElement.value : null;
      offered = now;
      for (const old of keys.querySelectorAll("button")) old.remove();
      keys.append(...seen.keys.map(button));
      const again = held && [...keys.querySelectorAll("button")].find((one) => one.value === held);
      if (again) again.focus();
    }
  };

  keys.addEventListener("submit", (event) => {
    event.preventDefault();
    if (event.submitter) press(event.submitter.value);
  });
  document.addEventListener("keydown", (event) => {
    const key = event.key.toLowerCase();
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
    if (JSON.parse(offered || "[]").some(([one]) => one === key)) press(key);
  });
  const events = new EventSource("/live/events");
  events.addEventListener("message", (event) => {
    const seen = JSON.parse(event.data);
    if (seen.to || seen.ended) {
      events.close();
      location.replace(seen.to || "/live");
      return;
    }
    show(seen);
  });
})();
