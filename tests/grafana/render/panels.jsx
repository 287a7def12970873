// One panel, drawn by the component that Grafana's own panel of this kind has inside.
import * as React from 'react';
import { getDisplayValueAlignmentFactors, getFieldDisplayValues } from '@grafana/data';
import { BarGauge, BigValue, TimeSeries, VizRepeater } from '@grafana/ui';
import { TableNG } from '@grafana/ui/unstable';

/** What is shown in a panel's frame: `shown` has data and configuration of its fields, `context` theme and time range. */
export function Visualization({ panel, shown, context, width, height }) {
  const empty = !shown.data.length || shown.data.every((frame) => !frame.length);
  if (empty) return <Empty text={shown.fieldConfig.defaults.noValue ?? 'No data'} theme={context.theme} />;
  const Kind = KINDS[panel.type];
  if (!Kind) throw new Error(`no component for a panel of type ${panel.type}`);
  return <Kind panel={panel} options={panel.options ?? {}} shown={shown} context={context} width={width} height={height} />;
}

function Empty({ text, theme }) {
  const style = { alignItems: 'center', color: theme.colors.text.secondary, display: 'flex', height: '100%', justifyContent: 'center' };
  return <div data-empty style={style}>{text}</div>;
}

function Table({ options, shown, context, width, height }) {
  return (
    <TableNG
      data={shown.data[0]} fieldConfig={shown.fieldConfig} width={width} height={height} cellHeight={options.cellHeight ?? 'sm'}
      timeRange={context.range} noHeader={options.showHeader === false} enableVirtualization={!context.everyRow} resizable
      noValue={shown.fieldConfig.defaults.noValue}
    />
  );
}

function Graph({ options, shown, context, width, height }) {
  return (
    <TimeSeries
      frames={shown.data} structureRev={1} timeRange={context.range} timeZone="utc" width={width} height={height}
      legend={options.legend} options={options}
    >
      {(config) => <Marks config={config} marks={context.marks} theme={context.theme} />}
    </TimeSeries>
  );
}

// As Grafana draws annotations: a dashed line, and a triangle at its foot.
function Marks({ config, marks, theme }) {
  React.useLayoutEffect(() => config.addHook('draw', (plot) => marks.forEach((mark) => drawn(plot, mark, theme))), [config, marks, theme]);
  return null;
}

function drawn(plot, { at, colour }, theme) {
  const { ctx, bbox } = plot;
  const x = plot.valToPos(at * 1000, 'x', true);
  if (x < bbox.left || x > bbox.left + bbox.width) return;
  const foot = bbox.top + bbox.height;
  ctx.save();
  ctx.strokeStyle = theme.visualization.getColorByName(colour);
  ctx.fillStyle = ctx.strokeStyle;
  ctx.setLineDash([5, 5]);
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, foot);
  ctx.stroke();
  ctx.beginPath();
  ctx.moveTo(x - 5, foot + 5);
  ctx.lineTo(x + 5, foot + 5);
  ctx.lineTo(x, foot);
  ctx.fill();
  ctx.restore();
}

function values(options, shown, context) {
  const reduceOptions = { values: false, ...options.reduceOptions };
  const { theme, replaceVariables } = context;
  return () => getFieldDisplayValues({ fieldConfig: shown.fieldConfig, reduceOptions, replaceVariables, theme, data: shown.data, timeZone: 'utc' });
}

function Stat({ options, shown, context, width, height }) {
  const one = ({ value, alignmentFactors, width: w, height: h, count }) => (
    <BigValue
      value={value.display} count={count} alignmentFactors={alignmentFactors} width={w} height={h} theme={context.theme}
      colorMode={options.colorMode} graphMode={options.graphMode} justifyMode={options.justifyMode} textMode={options.textMode}
      text={options.text} percentChangeColorMode="standard" wideLayout
    />
  );
  return (
    <VizRepeater
      getValues={values(options, shown, context)} getAlignmentFactors={getDisplayValueAlignmentFactors} renderValue={one} source={shown.data}
      width={width} height={height} itemSpacing={3} renderCounter={0} orientation={options.orientation ?? 'auto'} autoGrid
    />
  );
}

function Bars({ options, shown, context, width, height }) {
  const one = ({ value, alignmentFactors, orientation, width: w, height: h, count }) => (
    <BarGauge
      value={value.display} field={value.field} display={value.view?.getFieldDisplayProcessor(value.colIndex)} theme={context.theme}
      width={w} height={h} orientation={orientation} displayMode={options.displayMode} showUnfilled={options.showUnfilled}
      valueDisplayMode={options.valueMode} namePlacement={options.namePlacement ?? 'auto'} text={options.text} itemSpacing={8}
      alignmentFactors={count > 1 ? alignmentFactors : undefined} isOverflow={false}
    />
  );
  return (
    <VizRepeater
      getValues={values(options, shown, context)} getAlignmentFactors={getDisplayValueAlignmentFactors} renderValue={one} source={shown.data}
      width={width} height={height} itemSpacing={8} renderCounter={0} orientation={options.orientation ?? 'auto'}
      minVizWidth={options.minVizWidth ?? 8} minVizHeight={Math.max(options.minVizHeight ?? 16, 16)}
    />
  );
}

const KINDS = { bargauge: Bars, stat: Stat, table: Table, timeseries: Graph };
