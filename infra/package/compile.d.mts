/** Compiles sources into the same places below another folder. See compile.mjs. */
export declare function compile(
  root: string,
  files: readonly string[],
  out: string,
  options?: { extension?: '.js' | '.mjs' },
): Promise<void>;
