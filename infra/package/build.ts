/**
 * Makes of the sources what other people's Node runs: `npm run package` leaves in `dist` the package as a folder, and
 * the archive that npm installs. Why so: docs/decisions/package.md.
 */
import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { filesOfRooms, isSource } from '../local/compiled-twin.mjs';
import { compile } from './compile.mjs';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

/** Not for those who install it: how the package, an image and a schema are made. */
const leftOut = [
  'infra/package',
  'infra/Dockerfile',
  'infra/postgres/drizzle.config.ts',
  // drizzle-kit compares with them; whoever migrates reads the journal.
  ...[0, 1].map((n) => `infra/postgres/migrations/meta/${n}`),
];

/**
 * Writes the package into a folder: compiled, with its types, and whatever is read at run time beside it.
 *
 * @param out is emptied first
 * @param wish.typed the doors whose types go along
 */
export async function buildPackage(
  out: string,
  { typed }: { typed?: readonly string[] } = {},
): Promise<void> {
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  await compileRooms(out);
  const { exports } = await ourManifest();
  await declare(out, typed ?? Object.values(exports));
  await copyTold(out);
  await writeFile(path.join(out, 'package.json'), `${JSON.stringify(await manifest(), null, 2)}\n`);
}

async function compileRooms(out: string): Promise<void> {
  const files = filesOfRooms(root).filter((file) => !leftOut.some((name) => file.startsWith(name)));
  const isScript = (file: string) => file.endsWith('.mjs');
  await compile(root, files.filter(isSource), out);
  await compile(root, files.filter(isScript), out, { extension: '.mjs' });
  for (const file of files)
    if (!isSource(file) && !isScript(file)) await cp(path.join(root, file), path.join(out, file));
}

/** The types of doors, and of what they lead to. */
async function declare(out: string, doors: readonly string[]): Promise<void> {
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  const project = path.join(out, 'tsconfig.json');
  const compilerOptions = {
    outDir: out,
    rootDir: root,
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    noCheck: true,
    typeRoots: [path.join(root, 'node_modules/@types')],
  };
  const files = doors.map((door) => path.join(root, door));
  const settings = { extends: path.join(root, 'tsconfig.json'), compilerOptions, files, include: [] };
  await writeFile(project, JSON.stringify(settings));
  await run(process.execPath, [tsc, '--project', project], { cwd: root });
  await rm(project);
  for (const name of await readdir(out, { recursive: true })) {
    if (!name.endsWith('.d.ts')) continue;
    const file = path.join(out, name);
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replaceAll(/(['"])(\.{1,2}\/[^'"\n]+)\.tsx?\1/g, '$1$2.js$1'));
  }
}

/** Examples are read as they are, as any config is; errors name the page that comes with them. */
async function copyTold(out: string): Promise<void> {
  await cp(path.join(root, 'README.md'), path.join(out, 'README.md'));
  await cp(path.join(root, 'examples'), path.join(out, 'examples'), { recursive: true });
  const isText = (file: string) => !/\.[a-z0-9]+$/.test(file) || /\.(md|json)$/.test(file);
  await cp(path.join(root, 'docs'), path.join(out, 'docs'), { recursive: true, filter: isText });
}

type Manifest = { exports: Record<string, string>; scripts?: unknown; devDependencies?: unknown };

const ourManifest = async (): Promise<Manifest> =>
  JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as Manifest;

/** Ours, with compiled doors. */
async function manifest(): Promise<object> {
  const { scripts: _scripts, devDependencies: _tools, exports, ...rest } = await ourManifest();
  const doors = Object.entries(exports).map(([door, source]) => [
    door,
    { types: source.replace(/\.ts$/, '.d.ts'), default: source.replace(/\.ts$/, '.js') },
  ]);
  return { ...rest, exports: { ...Object.fromEntries(doors), './package.json': './package.json' } };
}

/** Packs the folder; returns the file that npm installs. */
export async function pack(folder: string, into: string): Promise<string> {
  const args = ['pack', folder, '--pack-destination', into, '--json', '--ignore-scripts'];
  const { stdout } = await run('npm', args, { cwd: root });
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
  return path.join(into, filename);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const out = path.join(root, 'dist');
  await buildPackage(out);
  process.stdout.write(`${path.relative('.', await pack(out, out))}\n`);
}
