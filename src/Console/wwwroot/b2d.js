// The one script. Every page is whole without it; it adds keys, keeps live parts current and never moves what is being read.
(() => {
  "use strict";
  const root = document.documentElement;
  const typing = e => e.target.closest("input, textarea, select, [contenteditable]");

  // --- keys ---------------------------------------------------------------------------------------
  const rows = () => [...document.querySelectorAll("[data-row]")];
  let chosen = null;
  const choose = row => {
    if (!row) return;
    chosen?.classList.remove("chosen");
    chosen = row;
    row.classList.add("chosen");
    row.scrollIntoView({ block: "nearest" });
    row.querySelector("a")?.focus({ preventScroll: true });
  };
  const step = by => {
    const all = rows();
    const at = all.indexOf(chosen);
    choose(all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + by))]);
  };
  const places = { n: "/", c: "/cases", o: "/outages", d: "/devices", u: "/dues", m: "/notices", r: "/rules", a: "/audit", e: "/defects", w: "/maintenance" };
  let going = false;
  document.addEventListener("keydown", e => {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    if (e.key === "Escape") { typing(e)?.blur(); return; }
    if (typing(e)) return;
    if (going) { going = false; if (places[e.key]) { location.href = places[e.key]; e.preventDefault(); } return; }
    switch (e.key) {
      case "j": step(1); break;
      case "k": step(-1); break;
      case "g": going = true; return;
      case "/": (document.querySelector("[data-filter]") ?? document.querySelector("[data-search]"))?.focus(); break;
      case "?": document.getElementById("help")?.showModal(); break;
      case "x": { const tick = chosen?.querySelector("input.tick"); if (tick) tick.checked = !tick.checked; break; }
      case "t": document.querySelector("form[action^='/cases/'][action$='/act'] button[value=take]")?.click(); break;
      case "l": {
        const form = (chosen ?? document).querySelector("details[data-contact]") ?? document.querySelector("details[data-contact]");
        if (form) { form.open = true; form.querySelector("select, textarea")?.focus(); }
        break;
      }
      case "Enter": if (chosen && e.target === document.body) chosen.querySelector("a")?.click(); return;
      default: return;
    }
    e.preventDefault();
  });
  document.addEventListener("click", e => {
    if (e.target.closest("[data-help]")) { e.preventDefault(); document.getElementById("help")?.showModal(); }
  });

  document.addEventListener("click", e => {
    for (const menu of document.querySelectorAll(".who[open], .menu[open]")) if (!menu.contains(e.target)) menu.removeAttribute("open");
  });

  // --- a form that was sent is not sent twice -------------------------------------------------------
  document.addEventListener("submit", e => {
    if (e.target.method !== "post") return;
    if (e.target.dataset.sent) { e.preventDefault(); return; }
    e.target.dataset.sent = "1";
    setTimeout(() => delete e.target.dataset.sent, 4000);
  });

  // --- times grow older ----------------------------------------------------------------------------
  const duration = s => s < 90 ? `${Math.floor(s)} s` : s < 5400 ? `${Math.floor(s / 60)} min`
    : Math.floor(s % 3600 / 60) === 0 ? `${Math.floor(s / 3600)} h` : `${Math.floor(s / 3600)} h ${Math.floor(s % 3600 / 60)} min`;
  // The server's clock counts, not the browser's.
  const skew = Date.parse(root.dataset.now ?? "") - Date.now() || 0;
  const age = () => {
    for (const t of document.querySelectorAll("time[data-ago]")) {
      const s = (Date.now() + skew - Date.parse(t.dateTime)) / 1000;
      if (Math.abs(s) >= 43200) continue;
      const text = Math.abs(s) < 5 ? "just now" : s > 0 ? `${duration(s)} ago` : `in ${duration(-s)}`;
      if (t.textContent !== text) t.textContent = text;
    }
  };
  setInterval(age, 5000);

  // --- live parts ----------------------------------------------------------------------------------
  const live = () => [...document.querySelectorAll("[data-live]")];
  const atTop = () => window.scrollY < 60 && !chosen;
  const busy = part => part.contains(document.activeElement) && typing({ target: document.activeElement })
    || [...part.querySelectorAll("input:not([type=hidden]), textarea, select")].some(f => f.type === "checkbox" || f.type === "radio"
      ? f.checked !== f.defaultChecked : f.tagName === "SELECT" ? [...f.options].some(o => o.selected !== o.defaultSelected) && f.dataset.touched : f.value !== f.defaultValue);
  const swap = (part, fresh) => {
    const open = [...part.querySelectorAll("details[open]")].map(d => d.id).filter(Boolean);
    part.innerHTML = fresh.innerHTML;
    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
    part.querySelector(".announce")?.remove();
    age();
  };
  const keys = part => new Map([...part.querySelectorAll("[data-key]")].map(r => [r.dataset.key, r]));
  const announce = (part, count, fresh) => {
    let button = part.querySelector(":scope > .announce");
    if (!button) {
      button = document.createElement("button");
      button.type = "button";
      button.className = "announce";
      button.setAttribute("role", "status");
      part.prepend(button);
    }
    button.textContent = count > 0 ? `${count} new – show` : "This has changed – show";
    button.onclick = () => { chosen = null; swap(part, fresh); };
  };
  // Form tokens and growing times differ in every answer and mean no change.
  const essence = part => part.innerHTML.replace(/(name="__token" value=")[^"]*/g, "$1").replace(/(<time[^>]*data-ago[^>]*>)[^<]*/g, "$1").replace(/ (class="chosen"|open="")/g, "");
  const merge = (part, fresh) => {
    if (essence(part) === essence(fresh)) return;
    if (busy(part)) { announce(part, 0, fresh); return; }
    const old = keys(part), now = keys(fresh);
    if (old.size === 0 && now.size === 0 || atTop()) { swap(part, fresh); return; }
    let added = 0;
    for (const [key, row] of now) {
      const here = old.get(key);
      if (!here) added++;
      else if (essence(here) !== essence(row) && !here.contains(document.activeElement)) here.innerHTML = row.innerHTML;
    }
    for (const [key, row] of old) row.classList.toggle("gone", !now.has(key));
    if (added > 0) announce(part, added, fresh);
    age();
  };
  let fetching = false, again = false;
  const refresh = async () => {
    if (fetching) { again = true; return; }
    fetching = true;
    try {
      const answer = await fetch(location.href, { headers: { "X-B2D-Part": "1" }, credentials: "same-origin", redirect: "manual" });
      // Signed out meanwhile: better the sign-in than a page that silently grows old.
      if (answer.type === "opaqueredirect" && !live().some(busy)) location.reload();
      if (answer.ok) {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        for (const part of live()) {
          const fresh = page.getElementById(part.id);
          if (fresh) merge(part, fresh);
        }
      }
    } catch { /* The program restarts or the line is down; the stream says when it is back. */ }
    fetching = false;
    if (again) { again = false; setTimeout(refresh, 300); }
  };
  let stream = null;
  const listen = () => {
    if (stream || live().length === 0) return;
    const at = document.querySelector("[data-presence]")?.dataset.presence;
    stream = new EventSource(at ? "/events?at=" + encodeURIComponent(at) : "/events");
    stream.addEventListener("changed", e => {
      const topics = e.data.split(" ");
      if (live().some(p => p.dataset.live.split(" ").some(t => topics.includes(t)))) refresh();
    });
    stream.onopen = () => root.classList.add("live");
    stream.onerror = () => {
      root.classList.remove("live");
      if (stream?.readyState === EventSource.CLOSED) { stream = null; setTimeout(listen, 15000); }
    };
  };
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) { stream?.close(); stream = null; root.classList.remove("live"); }
    else { listen(); if (live().length > 0) refresh(); }
  });
  document.addEventListener("change", e => { if (e.target.tagName === "SELECT") e.target.dataset.touched = "1"; });
  listen();
})();
