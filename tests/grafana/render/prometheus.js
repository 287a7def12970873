// A real Prometheus, asked as Grafana asks it, and its answers as a panel takes them.
import { FieldType, dateTime, rangeUtil, renderLegendFormat, toDataFrame } from '@grafana/data';

const SCRAPE_SECONDS = 60;
const MOST_POINTS = 1000;

/** `data` of an answer; throws what Prometheus says against the question. */
export async function ask(prometheus, path, parameters) {
  const answer = await fetch(`${prometheus}/api/v1/${path}`, { method: 'POST', body: new URLSearchParams(parameters) });
  const { status, data, error } = await answer.json();
  if (status !== 'success') throw new Error(error);
  return data;
}

/** Seconds between the points of a graph so wide, and the ranges that follow. */
export function intervals({ from, to }, width) {
  const range = { from: dateTime(from * 1000), to: dateTime(to * 1000) };
  const { intervalMs } = rangeUtil.calculateInterval(range, Math.min(width, MOST_POINTS), `${SCRAPE_SECONDS}s`);
  const step = intervalMs / 1000;
  const seconds = Math.round(to - from);
  return {
    step,
    builtIn: {
      __interval: `${step}s`,
      __rate_interval: `${Math.max(step + SCRAPE_SECONDS, 4 * SCRAPE_SECONDS)}s`,
      __range: `${seconds}s`,
      __range_s: String(seconds),
    },
  };
}

/** The frames of all queries of a panel; `written` gives a query's text. */
export async function framesOf(panel, { prometheus, time, step, written }) {
  const many = panel.targets.length > 1;
  const asked = panel.targets.map(async (target) => {
    const query = written(target.expr);
    const span = { start: time.from - (time.from % step), end: time.to, step };
    const { result } = target.range
      ? await ask(prometheus, 'query_range', { query, ...span })
      : await ask(prometheus, 'query', { query, time: time.to });
    return target.format === 'table' ? tables(target, result, many) : lines(target, result, step);
  });
  return (await Promise.all(asked)).flat();
}

function tables(target, result, many) {
  if (!result.length) return [];
  const labels = [...new Set(result.flatMap(({ metric }) => Object.keys(metric)))].sort();
  const columns = labels.map((label) => ({
    name: label,
    type: FieldType.string,
    config: { filterable: true },
    values: result.map(({ metric }) => metric[label] ?? ''),
  }));
  const times = { name: 'Time', type: FieldType.time, values: result.map(({ value }) => value[0] * 1000) };
  const name = many ? `Value #${target.refId}` : 'Value';
  const values = { name, type: FieldType.number, values: result.map(({ value }) => Number(value[1])) };
  return [toDataFrame({ refId: target.refId, fields: [times, ...columns, values] })];
}

function lines(target, result, step) {
  return result.map(({ metric, value, values }) => {
    const { __name__: _, ...labels } = metric;
    const points = target.range ? withoutHoles(values, step) : [value];
    const config = { displayNameFromDS: target.legendFormat ? renderLegendFormat(target.legendFormat, metric) : undefined };
    return toDataFrame({
      refId: target.refId,
      fields: [
        { name: 'Time', type: FieldType.time, values: points.map(([at]) => at * 1000) },
        { name: 'Value', type: FieldType.number, labels, config, values: points.map(([, text]) => (text === undefined ? null : Number(text))) },
      ],
    });
  });
}

// Where a series pauses, its line does too.
function withoutHoles(values, step) {
  const known = new Map(values);
  const [first, last] = [values[0][0], values[values.length - 1][0]];
  return Array.from({ length: Math.round((last - first) / step) + 1 }, (_, i) => first + i * step).map((at) => [at, known.get(at)]);
}

const MOST_SAMPLES = 11000;

/** Seconds at which what an annotation asks for begins to be so, each with its text. */
export async function marksOf(annotation, { prometheus, time, written }) {
  const step = Math.max(Number.parseInt(annotation.step, 10), Math.ceil((time.to - time.from) / MOST_SAMPLES));
  const span = { start: time.from - (time.from % step), end: time.to, step };
  const { result } = await ask(prometheus, 'query_range', { query: written(annotation.expr), ...span });
  return result.flatMap(({ metric, values }) => {
    const beginnings = values.filter(([at], i) => i === 0 || at - values[i - 1][0] > step);
    return beginnings.map(([at]) => ({ at, colour: annotation.iconColor, text: renderLegendFormat(annotation.titleFormat, metric) }));
  });
}
