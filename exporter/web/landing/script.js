"use strict";
// Filters what is on the page while one types. Without it, the form asks the server for the same.
(() => {
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

  box.addEventListener("input", () => {
    nodes ??= [...document.querySelectorAll(".tree > li, tbody > tr")].map(node);
    const wanted = box.value.trim().toLowerCase();
    const count = nodes.map(show(wanted, false)).reduce((sum, shown) => sum + shown, 0);
    told.textContent = wanted ? `${count} shown` : "";
  });
})();
