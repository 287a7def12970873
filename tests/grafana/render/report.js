// What there is on a page that was drawn, for whoever tests it.
const texts = (within, selector) => [...within.querySelectorAll(selector)].map((each) => each.innerText.trim());

/** Variables by name, and of each panel: where it is, what it says, its cells and its links. */
export function report({ dashboard, variables, context, contents }) {
  const chosen = [...variables].map(([name, { value, text, options }]) => [name, { value, text, options }]);
  return {
    variables: Object.fromEntries(chosen),
    marks: context.marks,
    height: document.querySelector('[data-dashboard]').scrollHeight,
    panels: dashboard.panels.filter(({ type }) => type !== 'row').map((panel) => seen(panel, contents.get(panel.id))),
  };
}

function seen(panel, { shown }) {
  const element = document.querySelector(`[data-panel="${panel.id}"]`);
  const { left, top, width, height } = element.getBoundingClientRect();
  return {
    title: panel.title,
    type: panel.type,
    error: element.querySelector('[data-error]')?.innerText ?? '',
    empty: element.querySelector('[data-empty]')?.innerText ?? '',
    text: element.innerText,
    box: [left, top, left + width, top + height],
    headings: texts(element, '[role=columnheader]'),
    rows: [...element.querySelectorAll('[role=row]')].map((row) => texts(row, '[role=gridcell]')).filter((row) => row.length),
    cut: [...element.querySelectorAll('[role=gridcell], [role=columnheader]')].filter(isCut).map((each) => each.innerText.trim()),
    wide: [...element.querySelectorAll('[role=grid]')].some((grid) => grid.scrollWidth > grid.clientWidth + 1),
    links: links(shown),
    series: (shown?.data ?? []).map((frame) => frame.fields.at(-1)?.state?.displayName ?? ''),
  };
}

const isCut = (cell) => [cell, ...cell.querySelectorAll('*')].some((each) => each.scrollWidth > each.clientWidth + 1 && each.clientWidth > 0);

/** Of each table's cell with links: heading, the value in it, and where they lead. */
function links(shown) {
  return (shown?.data ?? []).flatMap((frame) => frame.fields.filter((field) => field.config.links?.length).flatMap((field) =>
    Array.from({ length: frame.length }, (_, row) => ({
      heading: field.config.displayName ?? field.name,
      value: String(field.values[row]),
      urls: field.getLinks({ valueRowIndex: row }).map(({ href }) => href),
    }))));
}
