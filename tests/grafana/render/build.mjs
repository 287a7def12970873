// node build.mjs SOURCES MODULES OUT: one page.js and one page.css of all that draws, beside what they ask a Grafana for.
import { cp, mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';

const [sources, modules, out] = process.argv.slice(2).map((given) => path.resolve(given));
const { build } = createRequire(path.join(modules, 'x'))('esbuild');
const absent = path.join(sources, 'absent.cjs');

await build({
  entryPoints: [path.join(sources, 'page.jsx')],
  outdir: out,
  nodePaths: [modules],
  bundle: true,
  minify: true,
  format: 'iife',
  jsx: 'automatic',
  define: { 'process.env.NODE_ENV': '"production"', global: 'window' },
  loader: { '.svg': 'dataurl', '.ttf': 'empty', '.woff': 'empty', '.woff2': 'dataurl' },
  // An editor, of which no dashboard here has one: it is more than half of the code.
  alias: { 'monaco-editor': absent, 'react-monaco-editor': absent },
  logLevel: 'error',
});

const fonts = path.join(out, 'public/fonts/inter');
await mkdir(fonts, { recursive: true });
for (const [weight, name] of Object.entries({ 400: 'Regular', 500: 'Medium' })) {
  await cp(path.join(modules, `@fontsource/inter/files/inter-latin-${weight}-normal.woff2`), path.join(fonts, `Inter-${name}.woff2`));
}
await cp(path.join(modules, '@grafana/ui/dist/public/img'), path.join(out, 'public/build/img'), { recursive: true });
