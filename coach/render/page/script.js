"use strict";
// Adds what needs a script: the line on the timeline, playing from a moment, closing a note with Escape.
(() => {
  const $ = (id) => document.getElementById(id);
  document.documentElement.classList.add("js");
  const audio = $("audio"), scroll = $("scroll"), lanes = $("lanes"), needle = $("needle"), here = $("here");
  const turns = [...document.querySelectorAll(".turn")].map((line) => ({
    line, from: +line.dataset.s, to: +line.dataset.e,
    name: line.querySelector("b").textContent,
  }));
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  let at = 0;

  const clock = (t) => {
    const s = Math.floor(t % 60).toString().padStart(2, "0"), m = Math.floor(t / 60) % 60, h = Math.floor(t / 3600);
    return h ? `${h}:${m.toString().padStart(2, "0")}:${s}` : `${m}:${s}`;
  };
  const spoken = (t) => turns.filter((turn) => turn.from <= t && t < turn.to);
  const said = (line) => {
    const copy = line.querySelector("p").cloneNode(true);
    for (const extra of copy.querySelectorAll(".letter, .note, .onset, .small")) extra.remove();
    const text = copy.textContent.replace(/\s+/g, " ").trim();
    return text.length > 90 ? text.slice(0, 90).replace(/ \S*$/, " …") : text;
  };
  const last = (t) => turns.filter((turn) => turn.from <= t).pop() || turns[0];

  if (scroll) {
    const whole = +scroll.dataset.whole;
    const words = () => {
      const who = spoken(at).map((turn) => turn.name).join(" and ");
      return `${clock(at)}, ${who ? who + " speaking" : "silence"}`;
    };
    const go = (t, follow, told = true) => {
      at = Math.min(whole, Math.max(0, t));
      needle.setAttribute("x1", `${(100 * at) / whole}%`);
      needle.setAttribute("x2", `${(100 * at) / whole}%`);
      scroll.setAttribute("aria-valuenow", Math.round(at));
      scroll.setAttribute("aria-valuetext", words());
      const now = spoken(at)[0];
      const quote = now && said(now.line);
      lanes.classList.toggle("told", told);
      if (told) here.textContent = words() + (quote ? `: “${quote}”` : "");
      for (const turn of turns) turn.line.classList.toggle("now", Boolean(audio && !audio.paused && turn.from <= at && at < turn.to));
      const x = (at / whole) * lanes.clientWidth, left = scroll.scrollLeft, wide = scroll.clientWidth;
      if (follow && (x < left + 20 || x > left + wide - 40)) scroll.scrollTo({left: x - wide / 3, behavior: still.matches ? "auto" : "smooth"});
    };
    const play = (t) => {
      go(t, true);
      if (!audio) return;
      audio.currentTime = at;
      audio.play();
    };

    scroll.setAttribute("role", "slider");
    scroll.setAttribute("aria-valuemin", 0);
    scroll.setAttribute("aria-valuemax", Math.round(whole));
    go(0, false, false);

    lanes.addEventListener("click", (event) => {
      const box = lanes.getBoundingClientRect();
      play(((event.clientX - box.left) / box.width) * whole);
      scroll.focus({preventScroll: true});
    });
    scroll.addEventListener("keydown", (event) => {
      const small = event.shiftKey ? 1 : 5;
      const step = {ArrowRight: small, ArrowUp: small, ArrowLeft: -small, ArrowDown: -small, PageUp: 30, PageDown: -30}[event.key];
      if (step) go(at + step, true);
      else if (event.key === "Home") go(0, true);
      else if (event.key === "End") go(whole, true);
      else if (event.key === "Enter" && audio) play(at);
      else if (event.key === " " && audio) audio.paused ? play(at) : audio.pause();
      else if (event.key === "Enter" && turns.length) location.hash = last(at).line.id;
      else return;
      event.preventDefault();
      if (audio && step) audio.currentTime = at;
    });
    for (const zoom of document.querySelectorAll(".zoom input")) {
      zoom.addEventListener("change", () => {
        scroll.scrollLeft = (at / whole) * lanes.clientWidth - scroll.clientWidth / 2;
      });
    }
    document.addEventListener("click", (event) => {
      const link = event.target.closest("a.at"), turn = link && link.closest(".turn");
      if (!link) return;
      play(+(turn ? turn.dataset.s : link.dataset.t));
      if (turn && audio) event.preventDefault();
    });
    if (audio) {
      audio.addEventListener("timeupdate", () => go(audio.currentTime, !audio.paused));
      audio.addEventListener("pause", () => go(audio.currentTime, false));
    }
  }

  document.addEventListener("click", (event) => {
    const mark = event.target.closest("a.mark");
    if (!mark) return;
    event.preventDefault();
    mark.focus();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && document.activeElement.matches("a.mark")) document.activeElement.blur();
  });

  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open])")];
    for (const each of closed) each.open = true;
  });
  addEventListener("afterprint", () => {
    for (const each of closed) each.open = false;
  });
})();
