import { DriftloopError } from '../../domain/errors.ts';

/** A model on the Hugging Face Hub: `owner/name`, and a branch, a tag or a commit of it. */
export type HubName = Readonly<{ repository: string; revision: string }>;

const PREFIX = 'hf:';
const MAIN = 'main';
const part = String.raw`[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?`;
const pattern = new RegExp(`^(?<repository>${part}(?:/${part})?)(?:@(?<revision>[\\w./-]+))?$`);
const commit = /^[0-9a-f]{40}$/;

/** Whether a base is said by its name on the Hub, not by a folder. */
export const isHubName = (base: string): boolean => base.startsWith(PREFIX);

/** Whether a revision names the same bytes for ever. */
export const isCommit = (revision: string): boolean => commit.test(revision);

/** Reads `hf:owner/name[@revision]`. Throws `DL_BASE_MISSING` where it is no such name. */
export function parseHubName(base: string): HubName {
  const { repository, revision = MAIN } = pattern.exec(base.slice(PREFIX.length))?.groups ?? {};
  if (!isHubName(base) || repository === undefined || repository.includes('..') || revision.includes('..'))
    throw new DriftloopError('DL_BASE_MISSING', `"${base}" is no name of a model on the Hub.`, {
      fix: 'Write hf:owner/name, or hf:owner/name@revision with a branch, a tag or a commit.',
    });
  return { repository, revision };
}

/** The name again, with the revision that it stands for. */
export const sayHubName = ({ repository, revision }: HubName): string => `${PREFIX}${repository}@${revision}`;
