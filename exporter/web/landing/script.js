"use strict";
// Loads the parts of the tree that one opens, filters while one types, copies, and keeps ages and news true.
// Without it, the form and the links ask the server for the same.
(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const page = async (address) => {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(answer.statusText);
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  };

  // The tree.
  const load = async (item) => {
    const link = item.querySelector("a");
    if (item.dataset.loading) return;
    item.dataset.loading = "yes";
    try {
      const loaded = (await page(link.href)).querySelector(".tree");
      if (loaded) item.replaceWith(...loaded.children);
    } catch {
      location.href = link.href; // whatever is wrong, the server tells it better
    }
  };

  document.addEventListener("toggle", (event) => {
    const more = event.target.open && event.target.querySelector(":scope > ul > .more:only-child");
    if (more) load(more);
  }, true);

  document.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    const more = event.target.closest(".tree .more");
    if (more) {
      event.preventDefault();
      load(more);
      return;
    }
    const row = event.target.closest("a, button, summary") ? null : event.target.closest(".tree .row");
    const below = row?.parentElement.querySelector(":scope > details");
    if (below && getSelection().isCollapsed) below.open = !below.open;
  });

  // Copying: without a secure context there is only the old way.
  const copy = async (source) => {
    try {
      await navigator.clipboard.writeText(source.textContent);
      return true;
    } catch {
      getSelection().selectAllChildren(source);
      return document.execCommand("copy");
    }
  };
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button.copy");
    if (!button) return;
    const done = await copy(document.getElementById(button.dataset.copy));
    button.textContent = done ? "Copied" : "Press Ctrl+C";
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });
  const uncover = () => all("button.copy").forEach((button) => { button.hidden = false; });
  uncover();

  // Ages, by the server's clock.
  const asOf = () => document.querySelector(".as-of");
  let ahead = asOf() ? Date.now() / 1000 - Number(asOf().dataset.asOf) : 0;
  const spoken = (seconds) => {
    const whole = Math.max(0, Math.trunc(seconds));
    if (whole < 60) return `${whole} s`;
    if (whole < 3600) return `${Math.trunc(whole / 60)} min`;
    const [unit, size, finer, part] = whole < 86400 ? ["h", 3600, "min", 60] : ["d", 86400, "h", 3600];
    const rest = Math.trunc((whole % size) / part);
    return `${Math.trunc(whole / size)} ${unit}${rest ? ` ${rest} ${finer}` : ""}`;
  };
  const grow = () => all("[data-at]").forEach((each) => {
    const said = spoken(Date.now() / 1000 - ahead - Number(each.dataset.at));
    const told = each.classList.contains("age") ? `${said} ago` : said;
    if (each.textContent !== told) each.textContent = told;
  });

  // News: what the server would say now takes the place of what it said, but not under somebody's hands.
  const said = (part) => part.innerHTML.replace(/(data-at="-?\d+">)[^<]*/g, "$1").replace(/ (hidden|open)=""/g, "");
  const busy = (part) =>
    part.contains(document.activeElement) ||
    (!getSelection().isCollapsed && part.contains(getSelection().anchorNode)) ||
    all("input[type=search]", part).some((box) => box.value !== box.defaultValue);
  const renew = (old, fresh) => {
    if (busy(old) || said(old) === said(fresh)) return false;
    const open = all("details", old).map((each) => each.open);
    old.replaceChildren(...fresh.childNodes);
    all("details", old).forEach((each, i) => { each.open = open[i] ?? each.open; });
    old.toggleAttribute("data-pending", fresh.hasAttribute("data-pending"));
    return true;
  };
  const parts = (within) => {
    const rows = all(".tree li > .row", within).map((row) => [row.querySelector("a")?.href, row]);
    const live = all("[data-live]", within).map((part, i) => [`${part.dataset.live} ${i}`, part]);
    return new Map([...rows.filter(([href]) => href), ...live]);
  };
  const status = document.querySelector("[role=status]");
  const tell = (words, kind) => {
    status.textContent = words;
    status.className = kind;
  };
  const look = async () => {
    let fresh;
    try {
      fresh = await page(location.href);
    } catch {
      tell("The exporter does not answer: what is shown grows old.", "bad");
      return;
    }
    const now = parts(fresh);
    const news = [];
    for (const [key, old] of parts(document)) {
      if (now.has(key) && renew(old, now.get(key)) && key.startsWith("news")) news.push(key);
    }
    if (news.length) tell("There is news.", "");
    else if (status.className) tell("", "");
    const moment = fresh.querySelector(".as-of");
    if (moment && asOf()) {
      asOf().replaceWith(moment);
      ahead = Date.now() / 1000 - Number(moment.dataset.asOf);
    }
    uncover();
    grow();
  };
  const here = () => document.visibilityState === "visible";
  if (asOf()) {
    const every = Number(asOf().dataset.every) * 1000;
    setInterval(() => here() && grow(), 1000);
    setInterval(() => here() && look(), every);
    let wait = 500;
    const pending = () => setTimeout(async () => {
      if (!document.querySelector("[data-pending]")) return;
      await look();
      wait *= 2;
      if (wait < every) pending();
    }, wait);
    pending();
  }

  // The filter.
  const box = document.querySelector("input[type=search]");
  if (!box || box.defaultValue) return; // the server has filtered already, and has more than is here
  const told = box.form.querySelector("output");
  let nodes;

  const node = (item) => {
    const details = item.querySelector(":scope > details");
    const list = details?.querySelector(":scope > ul");
    const text = details ? all(":scope > .row", item).map((row) => row.textContent).join(" ") : item.textContent;
    const below = list ? [...list.children].map(node) : [];
    return { item, details, open: details?.open, text: text.toLowerCase(), below };
  };

  const show = (wanted, whole) => ({ item, details, open, text, below }) => {
    const found = whole || text.includes(wanted);
    const shown = below.map(show(wanted, found)).reduce((sum, count) => sum + count, found ? 1 : 0);
    item.hidden = shown === 0;
    if (details) details.open = wanted ? shown > 0 : open;
    return shown;
  };

  const narrow = (wanted) => {
    nodes ??= all(".tree > li, [data-live=services] tbody > tr, .names > li").map(node);
    const count = nodes.map(show(wanted, false)).reduce((sum, shown) => sum + shown, 0);
    told.textContent = wanted ? `${count} shown` : "";
    if (!wanted) nodes = undefined;
  };

  // Where not all of the tree is here, the server looks for it.
  const trees = all(".tree");
  const first = trees.map((tree) => [...tree.children]);
  const partial = trees.some((tree) => tree.querySelector(".more"));
  let asked = 0;

  const ask = async (wanted) => {
    const mine = ++asked;
    if (!wanted) {
      trees.forEach((tree, i) => tree.replaceChildren(...first[i]));
      told.textContent = "";
      return;
    }
    await new Promise((later) => setTimeout(later, 250));
    if (mine !== asked) return;
    const address = new URL(location.href);
    address.searchParams.set("filter", wanted);
    const loaded = all(".tree", await page(address));
    if (mine !== asked) return;
    trees.forEach((tree, i) => tree.replaceChildren(...(loaded[i]?.children ?? [])));
    const count = trees.reduce((sum, tree) => sum + all("li:not(.row):not(:has(li:not(.row)))", tree).length, 0);
    told.textContent = `${count} shown`;
  };

  box.addEventListener("input", () => {
    const wanted = box.value.trim().toLowerCase();
    if (partial) ask(wanted);
    else narrow(wanted);
  });
})();
