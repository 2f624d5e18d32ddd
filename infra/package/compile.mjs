/**
 * From the TypeScript of the rooms to what Node runs, file by file: what `verbatimModuleSyntax` and
 * `erasableSyntaxOnly` allow needs no type to be known. Plain JavaScript, because it runs before TypeScript can be read.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { compiledName, isSource } from '../local/compiled-twin.mjs';

/**
 * Compiles sources into the same places below another folder.
 *
 * @param {string} root of the sources
 * @param {readonly string[]} files as paths from it
 * @param {string} out
 * @param {{ extension?: string, plugins?: import('esbuild').Plugin[] }} [options] `.mjs` for what has to stay one
 */
export async function compile(root, files, out, { extension = '.js', plugins = [keepApart] } = {}) {
  const { build } = await import('esbuild');
  await build({
    entryPoints: files.map((file) => path.join(root, file)),
    bundle: true,
    treeShaking: false,
    format: 'esm',
    platform: 'node',
    target: 'node20.10',
    outdir: out,
    outbase: root,
    outExtension: { '.js': extension },
    packages: 'external',
    plugins,
    logLevel: 'silent',
  });
}

const isRelative = /^\.{1,2}\//;

/** Each file stays one, and imports the compiled ones beside it. @type {import('esbuild').Plugin} */
const keepApart = {
  name: 'keep apart',
  setup({ onResolve }) {
    onResolve({ filter: isRelative }, ({ path: named, kind }) =>
      kind === 'entry-point' ? null : { path: compiledName(named), external: true },
    );
  },
};

/**
 * The same for code that is kept away from its sources and yet runs as if it were there: whatever a file finds beside
 * itself, by `import.meta.url` or by an import of what is no TypeScript, it finds beside its source.
 *
 * @type {import('esbuild').Plugin}
 */
export const asIfInPlace = {
  name: 'as if in place',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: isRelative }, ({ path: named, kind, resolveDir }) => {
      if (kind === 'entry-point') return null;
      const file = isSource(named) ? compiledName(named) : pathToFileURL(path.join(resolveDir, named)).href;
      return { path: file, external: true };
    });
    onLoad({ filter: /\.tsx?$/ }, async ({ path: file }) => ({
      contents: (await readFile(file, 'utf8')).replaceAll(
        'import.meta.url',
        JSON.stringify(pathToFileURL(file).href),
      ),
      loader: file.endsWith('x') ? 'tsx' : 'ts',
    }));
  },
};
