"use strict";
// Filters what is on the page while one types, and loads the parts of the tree that one opens. Without it, the
// form and the links ask the server for the same.
(() => {
  const page = async (address) => {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(answer.statusText);
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  };

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
    const more = event.target.closest(".tree .more");
    if (!more || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    load(more);
  });

  const box = document.querySelector("input[type=search]");
  if (!box || box.defaultValue) return; // the server has filtered already, and has more than is here
  const told = document.querySelector("form output");
  let nodes;

  const node = (item) => {
    const first = item.firstElementChild;
    const details = first?.localName === "details" ? first : null;
    const [own, list] = details ? details.children : [item];
    const below = list ? [...list.children].map(node) : [];
    return { item, details, open: details?.open, text: own.textContent.toLowerCase(), below };
  };

  const show = (wanted, all) => ({ item, details, open, text, below }) => {
    const found = all || text.includes(wanted);
    const shown = below.map(show(wanted, found)).reduce((sum, count) => sum + count, found ? 1 : 0);
    item.hidden = shown === 0;
    if (details) details.open = wanted ? shown > 0 : open;
    return shown;
  };

  const narrow = (wanted) => {
    nodes ??= [...document.querySelectorAll(".tree > li, tbody > tr, .names > li")].map(node);
    const count = nodes.map(show(wanted, false)).reduce((sum, shown) => sum + shown, 0);
    told.textContent = wanted ? `${count} shown` : "";
  };

  // Where not all of the tree is here, the server looks for it.
  const trees = [...document.querySelectorAll(".tree")];
  const whole = trees.map((tree) => [...tree.children]);
  const partial = trees.some((tree) => tree.querySelector(".more"));
  let asked = 0;

  const ask = async (wanted) => {
    const mine = ++asked;
    if (!wanted) {
      trees.forEach((tree, i) => tree.replaceChildren(...whole[i]));
      told.textContent = "";
      return;
    }
    await new Promise((later) => setTimeout(later, 250));
    if (mine !== asked) return;
    const address = new URL(location.href);
    address.searchParams.set("filter", wanted);
    const loaded = [...(await page(address)).querySelectorAll(".tree")];
    if (mine !== asked) return;
    trees.forEach((tree, i) => tree.replaceChildren(...(loaded[i]?.children ?? [])));
    const count = trees.reduce((sum, tree) => sum + tree.querySelectorAll("li:not(.row):not(:has(li:not(.row)))").length, 0);
    told.textContent = `${count} shown`;
  };

  box.addEventListener("input", () => {
    const wanted = box.value.trim().toLowerCase();
    if (partial) ask(wanted);
    else narrow(wanted);
  });
})();
