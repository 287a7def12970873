// window.draw(request): a whole dashboard from a Prometheus; gives what there is on it.
import * as React from 'react';
import { createRoot } from 'react-dom/client';
import { flushSync } from 'react-dom';
import { ThemeContext, createTheme, dateTime } from '@grafana/data';
import { initPluginTranslations } from '@grafana/i18n';
import { GlobalStyles, PanelChrome, PortalContainer } from '@grafana/ui';
import { dressed, transformed } from './fields.js';
import { Visualization } from './panels.jsx';
import { framesOf, intervals, marksOf } from './prometheus.js';
import { report } from './report.js';
import { forPrometheus, interpolate, resolve } from './variables.js';

const COLUMNS = 24;
const ROW = 30;
const GAP = 8;
const EDGE = 16;

/** Everything a dashboard shows, before it is drawn. */
async function loaded({ dashboard, prometheus, chosen, from, to, theme: mode, everyRow }) {
  const time = { from, to };
  const theme = createTheme({ colors: { mode } });
  const variables = await resolve(dashboard, prometheus, chosen, time);
  const range = { from: dateTime(from * 1000), to: dateTime(to * 1000) };
  const replaceVariables = (text, scoped) => interpolate(text, variables, {
    builtIn: { __url_time_range: `from=${from * 1000}&to=${to * 1000}` },
    row: scoped?.__dataContext && { frame: scoped.__dataContext.value.frame, rowIndex: scoped.__dataContext.value.rowIndex },
  });
  const context = { theme, everyRow, replaceVariables, range: { ...range, raw: range } };
  const panels = await Promise.all(dashboard.panels.filter(({ type }) => type !== 'row').map(async (panel) => {
    try {
      const { step, builtIn } = intervals(time, (panel.gridPos.w / COLUMNS) * window.innerWidth);
      const written = (expr) => interpolate(expr, variables, { builtIn, format: forPrometheus });
      const frames = await framesOf(panel, { prometheus, time, step, written });
      return [panel.id, { shown: dressed(panel, await transformed(panel, frames, replaceVariables), theme, replaceVariables) }];
    } catch (error) {
      return [panel.id, { error }];
    }
  }));
  const ofAnnotations = dashboard.annotations?.list?.filter(({ expr }) => expr) ?? [];
  const written = (expr) => interpolate(expr, variables, { format: forPrometheus });
  context.marks = (await Promise.all(ofAnnotations.map((one) => marksOf(one, { prometheus, time, written })))).flat();
  return { dashboard, variables, context, contents: new Map(panels) };
}

class Guard extends React.Component {
  state = {};

  static getDerivedStateFromError(error) {
    return { error };
  }

  render() {
    return this.state.error ? <Failure error={this.state.error} /> : this.props.children;
  }
}

const Failure = ({ error }) => <pre data-error style={{ color: 'red' }}>{String(error)}</pre>;

function place({ x, y, w, h }) {
  const column = (window.innerWidth - 2 * EDGE + GAP) / COLUMNS;
  return { left: x * column, top: y * (ROW + GAP), width: w * column - GAP, height: h * (ROW + GAP) - GAP };
}

function Panel({ panel, content: { shown, error }, context }) {
  const { width, height, ...position } = place(panel.gridPos);
  return (
    <div data-panel={panel.id} data-type={panel.type} style={{ position: 'absolute', width, height, ...position }}>
      <PanelChrome width={width} height={height} title={panel.title} description={panel.description}>
        {(w, h) => (
          <Guard>{error ? <Failure error={error} /> : <Visualization panel={panel} shown={shown} context={context} width={w} height={h} />}</Guard>
        )}
      </PanelChrome>
    </div>
  );
}

function Row({ row, theme }) {
  const style = { ...place(row.gridPos), alignItems: 'center', color: theme.colors.text.primary, display: 'flex', fontWeight: 500, position: 'absolute' };
  return <div data-row={row.title} style={style}>{row.title}</div>;
}

function Chip({ name, text, theme }) {
  const border = `1px solid ${theme.colors.border.medium}`;
  const style = { background: theme.colors.background.secondary, border, borderRadius: 2, padding: '5px 8px', whiteSpace: 'nowrap' };
  return (
    <span style={{ display: 'inline-flex', fontSize: 12, marginRight: GAP }}>
      <span style={{ ...style, fontWeight: 500 }}>{name}</span>
      {text === undefined ? null : <span style={{ ...style, background: theme.colors.background.primary }}>{text}</span>}
    </span>
  );
}

function Controls({ dashboard, variables, theme }) {
  const visible = [...variables.values()].filter(({ variable }) => variable.hide !== 2);
  return (
    <div style={{ display: 'flex', flexWrap: 'wrap', gap: '8px 0', marginBottom: 12 }}>
      {visible.map(({ variable, text }) => <Chip key={variable.name} name={variable.label ?? variable.name} text={text} theme={theme} />)}
      <span style={{ flex: 1 }} />
      {dashboard.links.map((link) => <Chip key={link.title} name={link.title} theme={theme} />)}
    </div>
  );
}

function Dashboard({ dashboard, variables, context, contents }) {
  const { theme } = context;
  const bottom = Math.max(...dashboard.panels.map(({ gridPos }) => gridPos.y + gridPos.h)) * (ROW + GAP);
  return (
    <div data-dashboard style={{ background: theme.colors.background.canvas, color: theme.colors.text.primary, padding: EDGE }}>
      <Controls dashboard={dashboard} variables={variables} theme={theme} />
      <div style={{ height: bottom, position: 'relative' }}>
        {dashboard.panels.map((panel) => (panel.type === 'row'
          ? <Row key={panel.id} row={panel} theme={theme} />
          : <Panel key={panel.id} panel={panel} content={contents.get(panel.id)} context={context} />))}
      </div>
    </div>
  );
}

const PATIENCE = 20_000;
const frame = () => new Promise((done) => requestAnimationFrame(done));

// Sizes are measured after a first drawing, and what depends on them is drawn later.
async function settled() {
  const deadline = performance.now() + PATIENCE;
  const waited = () => [...document.querySelectorAll('[data-panel]')].filter((panel) => !isDrawn(panel));
  while (waited().length) {
    if (performance.now() > deadline) throw new Error(`not drawn: ${waited().map((panel) => panel.innerText)}`);
    await frame();
  }
  for (let i = 0; i < 4; i += 1) await frame();
}

const PARTS = { bargauge: 'span', stat: 'span', table: '[role=gridcell]', timeseries: '.u-over' };
const isDrawn = (panel) => panel.querySelector(`[data-error], [data-empty], ${PARTS[panel.dataset.type]}`);

let root;
const translated = initPluginTranslations('org-access-exporter').catch(() => {});

// A page is of its own time, whenever it is drawn.
function liveAt(seconds) {
  const begun = performance.now();
  Date.now = () => seconds * 1000 + performance.now() - begun;
}

window.draw = async (request) => {
  liveAt(request.to);
  const [drawing] = await Promise.all([loaded(request), translated]);
  root?.unmount();
  root = createRoot(document.getElementById('root'));
  flushSync(() => root.render(
    <ThemeContext.Provider value={drawing.context.theme}>
      <GlobalStyles />
      <PortalContainer />
      <Dashboard {...drawing} />
    </ThemeContext.Provider>,
  ));
  await document.fonts.ready;
  await settled();
  return report(drawing);
};
