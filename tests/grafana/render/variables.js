// What a viewer may choose, and texts with what was chosen in them, as Grafana's documentation of variables says.
import { getFieldDisplayValuesProxy } from '@grafana/data';
import { ask } from './prometheus.js';

const ALL = '$__all';
const REFERENCE = /\$\{(\w+)(?:\.fields\["([^"]+)"\])?(?::(\w+))?\}|\$(\w+)/g;

const escaped = (text) => String(text).replace(/[\\^$*+?.()|[\]{}/]/g, '\\$&');

const FORMATS = {
  percentencode: (value) => encodeURIComponent(value),
  queryparam: (value, name) => [value].flat().map((one) => `var-${name}=${encodeURIComponent(one)}`).join('&'),
  raw: (value) => [value].flat().join(','),
};

/** Values and texts of all variables of a dashboard: the viewer's choice, or what Grafana takes without one. */
export async function resolve(dashboard, prometheus, chosen, time) {
  const variables = new Map();
  for (const variable of dashboard.templating.list) {
    const options = await optionsOf(variable, variables, prometheus, time);
    variables.set(variable.name, { ...choose(variable, options, chosen[variable.name]), variable, options });
  }
  return variables;
}

async function optionsOf(variable, variables, prometheus, time) {
  if (variable.type !== 'query') return [];
  const query = interpolate(variable.query, variables, { format: forPrometheus });
  const values = /^label_values\((.*), (\w+)\)$/s.exec(query);
  const found = values
    ? (await ask(prometheus, 'series', { 'match[]': values[1], start: time.from, end: time.to })).map((labels) => labels[values[2]])
    : (await ask(prometheus, 'query', { query: /^query_result\((.*)\)$/s.exec(query)[1], time: time.to })).result.map(written);
  const pattern = variable.regex && new RegExp(variable.regex.slice(1, -1));
  const pairs = found.filter((text) => text !== undefined).map((text) => captured(text, pattern)).filter(Boolean);
  const unique = [...new Map(pairs.map((pair) => [pair.value, pair])).values()];
  return unique.sort((a, b) => a.text.toLowerCase().localeCompare(b.text.toLowerCase()));
}

const written = ({ metric: { __name__: name = '', ...labels }, value: [time, value] }) =>
  `${name}{${Object.entries(labels).map(([key, text]) => `${key}="${text}"`).join(',')}} ${value} ${time * 1000}`;

function captured(text, pattern) {
  if (!pattern) return { text, value: text };
  const groups = pattern.exec(text)?.groups;
  return groups && { text: groups.text ?? groups.value, value: groups.value ?? groups.text };
}

function choose(variable, options, chosen) {
  const text = (value) => options.find((option) => option.value === value)?.text ?? value;
  if (chosen !== undefined) return { value: chosen, text: [chosen].flat().map(text).join(' + ') };
  if (variable.type === 'datasource') return { value: 'prometheus', text: 'Prometheus' };
  if (variable.type === 'textbox') return { value: variable.query, text: variable.query };
  const current = variable.current && [variable.current.value].flat()[0];
  if (current === ALL) return { value: ALL, text: 'All' };
  if (current) return { value: current, text: [variable.current.text].flat()[0] };
  return options[0] ?? { value: '', text: '' };
}

/** A value as the Prometheus data source puts it into a query: several are an alternative of a pattern. */
export function forPrometheus(value, _, { multi, includeAll } = {}) {
  if (!multi && !includeAll) return String(value).replace(/\\/g, '\\\\').replace(/"/g, '\\"');
  const alternatives = [value].flat().map((one) => escaped(one).replace(/\\/g, '\\\\').replace(/"/g, '\\"'));
  return alternatives.length > 1 ? `(${alternatives.join('|')})` : alternatives[0];
}

/** `text` with values for its references; what is not known stays as it is written. */
export function interpolate(text, variables, { builtIn = {}, row, format = FORMATS.raw } = {}) {
  return text.replace(REFERENCE, (reference, braced, column, wanted, bare) => {
    const name = braced ?? bare;
    if (name in builtIn) return builtIn[name];
    const formatted = FORMATS[wanted] ?? format;
    if (name === '__data' && row) return formatted(getFieldDisplayValuesProxy(row)[column] ?? '', name);
    const known = variables.get(name);
    if (!known) return reference;
    if (known.value === ALL && !wanted) return known.variable.allValue || '.*';
    return formatted(known.value, name, known.variable);
  });
}
