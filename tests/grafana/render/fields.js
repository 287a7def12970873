// What Grafana's application registers with its libraries: the options of fields, and transformations.
import {
  FieldConfigOptionsRegistry, applyFieldOverrides, cacheFieldDisplayNames, dataLinksOverrideProcessor, displayNameOverrideProcessor,
  identityOverrideProcessor, numberOverrideProcessor, standardTransformers, standardTransformersRegistry, stringOverrideProcessor,
  thresholdsOverrideProcessor, transformDataFrame, unitOverrideProcessor, valueMappingsOverrideProcessor,
} from '@grafana/data';

const STANDARD = {
  color: identityOverrideProcessor,
  decimals: numberOverrideProcessor,
  displayName: displayNameOverrideProcessor,
  links: dataLinksOverrideProcessor,
  mappings: valueMappingsOverrideProcessor,
  max: numberOverrideProcessor,
  min: numberOverrideProcessor,
  noValue: stringOverrideProcessor,
  thresholds: thresholdsOverrideProcessor,
  unit: unitOverrideProcessor,
};
const CUSTOM = [
  'align', 'axisBorderShow', 'axisCenteredZero', 'axisColorMode', 'axisLabel', 'axisPlacement', 'axisSoftMax', 'axisSoftMin', 'barAlignment',
  'cellOptions', 'drawStyle', 'fillOpacity', 'footer', 'gradientMode', 'hideFrom', 'insertNulls', 'inspect', 'lineInterpolation', 'lineStyle',
  'lineWidth', 'minWidth', 'pointSize', 'scaleDistribution', 'showPoints', 'spanNulls', 'stacking', 'thresholdsStyle', 'width', 'wrapText',
];
// What panels of a kind have where a dashboard says nothing.
const DEFAULTS = {
  table: { align: 'auto', cellOptions: { type: 'auto' }, footer: { reducers: [] }, inspect: false },
  timeseries: {
    axisBorderShow: false, axisCenteredZero: false, axisColorMode: 'text', axisLabel: '', axisPlacement: 'auto', drawStyle: 'line',
    fillOpacity: 0, gradientMode: 'none', hideFrom: { legend: false, tooltip: false, viz: false }, insertNulls: false,
    lineInterpolation: 'linear', lineWidth: 1, pointSize: 5, scaleDistribution: { type: 'linear' }, showPoints: 'auto', spanNulls: false,
    stacking: { group: 'A', mode: 'none' }, thresholdsStyle: { mode: 'off' },
  },
};

const option = (id, process, isCustom) => ({
  id, process, isCustom, path: isCustom ? id.slice('custom.'.length) : id, name: id, settings: {},
  shouldApply: () => true, editor: () => null, override: () => null,
});

const registry = new FieldConfigOptionsRegistry(() => [
  ...Object.entries(STANDARD).map(([id, process]) => option(id, process, false)),
  ...CUSTOM.map((name) => option(`custom.${name}`, identityOverrideProcessor, true)),
]);

standardTransformersRegistry.setInit(() => {
  const byId = new Map(Object.values(standardTransformers).map((one) => [one.id, one]));
  return [...byId.values()].map((one) => ({ id: one.id, name: one.name, description: '', editor: () => null, transformation: () => Promise.resolve(one) }));
});

/** Frames after the transformations of a panel. */
export function transformed(panel, frames, interpolated) {
  const steps = panel.transformations ?? [];
  return new Promise((done, failed) => {
    transformDataFrame(steps, frames, { interpolate: interpolated }).subscribe({ next: done, error: failed });
  });
}

/** Frames with what a panel says of their fields: units, colours, links. */
export function dressed(panel, frames, theme, replaceVariables) {
  const { defaults = {}, overrides = [] } = panel.fieldConfig;
  const fieldConfig = {
    defaults: {
      color: { mode: panel.type === 'timeseries' ? 'palette-classic' : 'thresholds' },
      ...withoutNull(defaults),
      custom: { ...DEFAULTS[panel.type], ...defaults.custom },
    },
    overrides: overrides.map(({ matcher, properties }) => ({ matcher, properties: properties.map(current) })),
  };
  const data = applyFieldOverrides({ data: frames, fieldConfig, replaceVariables, theme, timeZone: 'utc', fieldConfigRegistry: registry });
  cacheFieldDisplayNames(data);
  return { data, fieldConfig };
}

// JSON has no -Infinity, so that the first threshold has none; Grafana mends that, and hides columns by another name than once.
const withoutNull = (config) => (config.thresholds ? { ...config, thresholds: mended(config.thresholds) } : config);
const mended = (thresholds) => ({ ...thresholds, steps: thresholds.steps.map((step) => ({ ...step, value: step.value ?? -Infinity })) });

function current({ id, value }) {
  if (id === 'thresholds') return { id, value: mended(value) };
  if (id === 'custom.hidden') return { id: 'custom.hideFrom', value: { viz: Boolean(value) } };
  return { id, value };
}
