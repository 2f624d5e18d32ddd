import type { runTool } from './run-tool.ts';
import type { download } from './download.ts';
import type { findOnPath } from './find-on-path.ts';

/** The real parts that a loop runs on. Java is there for Kafka only. */
export type PartName =
  | 'temporal'
  | 'java'
  | 'kafka'
  | 'prometheus'
  | 'alertmanager'
  | 'postgres'
  | 'tensorflow'
  | 'tensorflow-gpu'
  | 'webgpu';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What happens to a part while the stack is being prepared; for people and for `--json`. */
export type PartEvent = {
  part: PartName;
  phase: 'looking' | 'fetching' | 'building' | 'ready' | 'failed';
  message: string;
  /** How much of the phase is done, 0 to 1, where that is known. */
  share?: number;
};

/** Somebody else runs it: an address is in the environment, and nothing is started. */
type Given = { where: 'environment'; address: string };

/** It is on this machine. `files` names what a caller needs of it, as absolute paths. */
export type Installed<F extends string = string> = {
  where: 'path' | 'cache' | 'package';
  version: string;
  /** The source it came from, where Driftloop fetched it. */
  source?: string;
  files: Readonly<Record<F, string>>;
};

export type Located<F extends string = string> = Given | Installed<F>;

/** What looking for and fetching parts may do to the world; a test hands in its own. */
export type Tools = {
  env: Environment;
  /** `linux-x64` and the like. */
  platform: string;
  findOnPath: typeof findOnPath;
  runTool: typeof runTool;
  download: typeof download;
  /** What a program says when asked for its version, or null where it cannot be run. */
  askVersion(command: string, args: readonly string[]): Promise<string | null>;
};

/** Where a part can be fetched from, in the order of the list: the official download, then registries. */
export type Source = {
  name: string;
  version: string;
  /** Fill an empty folder with the part. Throwing means: try the next source. */
  install(directory: string, tools: Tools, progress: Progress): Promise<void>;
};

/** Say how a source is getting on. */
type Progress = (phase: 'fetching' | 'building', message: string, share?: number) => void;

export type Part<F extends string = string> = {
  name: PartName;
  /** Its proper name. */
  title: string;
  /** The variable that gives its address, where there is one. */
  variable?: string;
  /** False where the loop does without it: a driver is missing, or somebody else runs what needs it. */
  isNeeded?(tools: Tools): Promise<boolean>;
  /** True where the loop is slower without it, but runs. */
  isOptional?: boolean;
  /** Look on `PATH`, or in an npm package that carries it; null where there is nothing that will do. */
  findInstalled(tools: Tools): Promise<Installed<F> | null>;
  /** Its folder inside the cache; the versions belong into it. */
  folder: string;
  /** What of that folder a caller needs, relative to it. */
  files: Readonly<Record<F, string>>;
  sources: readonly Source[];
  /** What a person can do where nothing worked. */
  fix: string;
};
