/** Why a file is no checkpoint of this job, in words; whoever reads the file knows its name. */
export class NotACheckpoint extends Error {
  override readonly name = 'NotACheckpoint';
}
